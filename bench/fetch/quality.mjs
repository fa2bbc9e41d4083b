const outside = (markdown) =>
  markdown.replace(/^ *(`{3,})[^\n]*\n[\s\S]*?\n *\1$/gm, '').replace(/(`+)[^`][\s\S]*?\1/g, '');

/** What a reader of the Markdown would stumble over, counted. */
export function countFaults(markdown) {
  const text = outside(markdown);
  const links = [...text.matchAll(/\]\(<?([^)\s>]*)/g)].map(([, target]) => target);
  return {
    links: links.length,
    relativeLinks: links.filter((target) => !/^(https?|mailto|tel|ftp|data|javascript):/i.test(target)).length,
    rawTags: [...text.matchAll(/(?<!\\)<(?!br\s*\/?>|https?:)\/?[a-z][^>\n]*>/gi)].length,
    rawTables: [...text.matchAll(/<table[\s>]/gi)].length,
    hiddenText: [...markdown.matchAll(/HIDDENTEXT/g)].length,
    fences: [...markdown.matchAll(/^[ >]*```+\S+$/gm)].length,
  };
}

export const noFaults = () => ({ links: 0, relativeLinks: 0, rawTags: 0, rawTables: 0, hiddenText: 0, fences: 0 });
