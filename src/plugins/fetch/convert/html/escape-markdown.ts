const special = /[\\`*_<|[\]~$]|^[-+=#>\d]/;

/**
 * Escapes what Markdown would read as markup, and no more: an underscore inside a word and a bracket that begins no link
 * stay as they are, because a model pays for every backslash. `<` is escaped before a name, or where the
 * name may stand in the next node, so that text about HTML does not become HTML.
 */
export function escapeMarkdown(text: string): string {
  if (!special.test(text)) return text;
  return text
    .replace(/[\\`*]/g, '\\$&')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(/<(?=[A-Za-z/!?]|$)/g, '\\<')
    .replace(/\](?=[([:])/g, '\\]')
    .replace(/~(?=~)/g, '\\~')
    .replace(/^(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|={2,}|-{3,})/, '\\$1')
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2');
}
