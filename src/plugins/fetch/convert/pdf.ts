import { GatewayError } from '../../../core/errors.ts';
import { withAllocationBudget } from './allocation-budget.ts';

const mostPages = 500;
const budget = { largest: 67_108_864, total: 536_870_912 };

interface PdfText {
  readonly text: string;
  readonly title: string | null;
  readonly warnings: string[];
}

/**
 * The text of a PDF, page by page. Throws `upstream` where the file is broken, `unsupported` where it needs a password,
 * `too_large` where it unpacks to more than a worker may hold.
 */
export async function pdfText(bytes: Uint8Array): Promise<PdfText> {
  const library = await import('unpdf');
  const { outcome, isExceeded } = await withAllocationBudget(budget, () => readPdf(library, bytes));
  if (isExceeded) {
    throw new GatewayError(
      'too_large',
      'The PDF unpacks to more than can be read. Look for a smaller copy, or an HTML version.',
    );
  }
  if (outcome.status === 'fulfilled') return outcome.value;
  const cause: unknown = outcome.reason;
  // Whatever pdf.js throws, it throws because of the file: it has no errors of its own kind for half of what is broken.
  if (cause instanceof Error && cause.name === 'PasswordException') {
    throw new GatewayError(
      'unsupported',
      'The PDF is encrypted and locked with a password, so its text cannot be read. Ask for a copy without one.',
      { cause },
    );
  }
  throw new GatewayError(
    'upstream',
    'The PDF is broken or incomplete, so its text cannot be read. Look for another copy, or an HTML version.',
    { cause },
  );
}

async function readPdf({ getDocumentProxy, getMeta }: typeof import('unpdf'), bytes: Uint8Array): Promise<PdfText> {
  // pdf.js takes the buffer for itself, and the caller may still need it.
  const pdf = await getDocumentProxy(Uint8Array.from(bytes), { isEvalSupported: false, verbosity: 0 });
  const pages: string[] = [];
  const count = Math.min(pdf.numPages, mostPages);
  for (let number = 1; number <= count; number++) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    pages.push(`## Page ${number}\n\n${pageText(items)}`);
    page.cleanup();
  }
  const warnings =
    pdf.numPages > mostPages ? [`The document has ${pdf.numPages} pages; the first ${mostPages} are here.`] : [];
  if (pages.every((page) => page.replace(/^## Page \d+\s*/, '') === '')) {
    warnings.push('No text was found in this PDF; it may hold scanned pictures of pages.');
  }
  const title: unknown = (await getMeta(pdf)).info.Title;
  return {
    text: pages.join('\n\n'),
    title: typeof title === 'string' && title.trim() !== '' ? title.trim() : null,
    warnings,
  };
}

interface TextItem {
  readonly str: string;
  readonly hasEOL: boolean;
  readonly transform: readonly number[];
  readonly height: number;
}

/** Lines as they stand on the page, with a blank line where the distance to the next is more than that of lines. */
function pageText(items: readonly unknown[]): string {
  let text = '';
  let lastY: number | undefined;
  for (const item of items as readonly Partial<TextItem>[]) {
    if (item.str === undefined) continue;
    const y = item.transform?.[5];
    const gap = lastY !== undefined && y !== undefined ? Math.abs(lastY - y) : 0;
    if (item.str !== '' && gap > (item.height || 10) * 1.9 && !text.endsWith('\n\n'))
      text += text.endsWith('\n') ? '\n' : '\n\n';
    text += item.str;
    if (item.str !== '') lastY = y;
    if (item.hasEOL) text += '\n';
  }
  return text
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
