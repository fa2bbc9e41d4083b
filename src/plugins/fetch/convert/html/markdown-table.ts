import { atLineStart } from './escape-markdown.ts';
import type { LightCell, LightNode, LightTable } from './light-node.ts';

/** Cells of a row beyond these are left out, and `onCut` is told. */
export const mostColumns = 2000;
/** Up to here every row gets all columns; wider tables are read without (GFM 4.10), and the room is for what they say. */
const mostPadded = 200;
const mostCells = 200_000;
const longestRepeat = 80;

interface GridCell {
  readonly text: string;
  readonly align: string;
}

/**
 * A table as GFM. Cells that span rows are repeated in each while they are short, cells that span columns leave the
 * others empty; a table without a header row gets an empty one, since GFM has no table without.
 */
export function markdownTable(
  table: LightTable,
  convert: (root: LightNode) => string,
  escapeText: (text: string) => string,
  onCut: () => void,
): string {
  const inCell = (cell: LightCell) =>
    (cell.plain === undefined
      ? cellText(convert(cell.root))
      : escapeText(cell.plain.replace(/\s+/g, ' ').trim()).replaceAll(atLineStart, '')
    ).replaceAll('|', '\\|');
  const grid = layOut(table.rows, inCell, onCut);
  const before = [table.strays, table.caption].map((root) => (root ? convert(root) : '')).filter((text) => text !== '');
  if (grid.length === 0) return before.join('\n\n');
  const columns = grid.reduce((most, row) => Math.max(most, row.length), 0);
  const least = columns > mostPadded ? 0 : columns;
  const isHeaded = table.rows[0]?.length !== 0 && (table.rows[0]?.every(({ isHeader }) => isHeader) ?? false);
  const header = isHeaded ? (grid[0] ?? []) : [];
  const body = isHeaded ? grid.slice(1) : grid;
  const aligns = Array.from({ length: columns }, (_, column) =>
    rule(header[column]?.align || body[0]?.[column]?.align || ''),
  );
  const lines = [
    line(header, columns),
    `| ${aligns.join(' | ')} |`,
    ...body.map((row) => line(row, Math.max(row.length, least))),
  ];
  return [...before, lines.join('\n')].join('\n\n');
}

/** A table as lines of tab-separated cells. */
export function plainTable(table: LightTable, convert: (root: LightNode) => string, onCut: () => void): string {
  const inCell = (cell: LightCell) => (cell.plain ?? convert(cell.root)).replace(/\s+/g, ' ').trim();
  const lines = layOut(table.rows, inCell, onCut).map((row) => row.map(({ text }) => text).join('\t'));
  const before = [table.strays, table.caption].flatMap((root) => (root ? [convert(root)] : []));
  return [...before, ...lines].join('\n');
}

function layOut(rows: LightTable['rows'], inCell: (cell: LightCell) => string, onCut: () => void): GridCell[][] {
  const grid: GridCell[][] = [];
  const carried: ({ readonly cell: GridCell; left: number } | undefined)[] = [];
  let cells = 0;
  for (const row of rows) {
    const line: GridCell[] = [];
    const takeCarried = () => {
      for (let above = carried[line.length]; above && above.left > 0; above = carried[line.length]) {
        above.left--;
        line.push(above.cell);
      }
    };
    for (const cell of row) {
      takeCarried();
      const text = inCell(cell);
      if (line.length >= mostColumns && text !== '') onCut();
      const span = cells > mostCells ? 1 : cell.colSpan;
      for (let column = 0; column < span && line.length < mostColumns; column++) {
        const own = { text: column === 0 ? text : '', align: cell.align };
        carried[line.length] = column === 0 || line.length < mostPadded ? below(own, cell) : undefined;
        line.push(own);
        takeCarried();
      }
    }
    takeCarried();
    cells += line.length;
    if (line.some(({ text }) => text !== '')) grid.push(line);
  }
  return grid;
}

/** What a cell that spans rows leaves to those below it. */
function below({ text, align }: GridCell, { rowSpan }: LightCell): { cell: GridCell; left: number } | undefined {
  if (rowSpan <= 1) return undefined;
  return { cell: { text: text.length <= longestRepeat ? text : '', align }, left: rowSpan - 1 };
}

function line(row: readonly GridCell[], columns: number): string {
  let text = '|';
  for (let column = 0; column < columns; column++) text += ` ${row[column]?.text ?? ''} |`;
  return text;
}

function rule(align: string): string {
  if (align === 'center') return ':-:';
  if (align === 'right') return '--:';
  return align === 'left' ? ':--' : '---';
}

/** What a cell can hold of blocks: fences become code spans by line, everything else is parted by `<br>`. */
function cellText(markdown: string): string {
  const fenced = markdown.replace(/^(`{3,})[^\n]*\n([\s\S]*?)\n\1$/gm, (_, __, code: string) =>
    code
      .split('\n')
      .filter((text) => text.trim() !== '')
      .map((text) => `\`${text.replaceAll('`', "'")}\``)
      .join('\n'),
  );
  return fenced.replace(/(?<! ) *\n[ \n]*/g, '<br>').trim();
}
