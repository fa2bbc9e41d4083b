const escaped = String.raw`\\(?:[0-9a-fA-F]{1,6}\s?|[^\n])`;
const name = String.raw`(?:--|-?(?:[A-Za-z_]|[^\x00-\x7f]|${escaped}))(?:[\w-]|[^\x00-\x7f]|${escaped})*`;
const string = String.raw`"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'`;
/** One part of a selector, by the name of its group; sticky. */
export const selectorToken = new RegExp(
  [
    String.raw`(?<combinator>\s*[>+~]\s*|\s+)`,
    `#(?<id>${name})`,
    String.raw`\.(?<className>${name})`,
    String.raw`\[\s*(?:(?:(?<space>${name})|\*)?\|)?(?<attribute>${name})\s*(?:(?<operator>[~|^$*]?=)\s*(?<value>${string}|${name})\s*(?<flag>[iIsS])?\s*)?\]`,
    String.raw`(?<colons>::?)(?<pseudo>${name})(?<opening>\()?`,
    '(?<nesting>&)',
    String.raw`(?:(?:(?<prefix>${name})|\*)\|(?![|=]))?(?<tag>\*|${name})`,
  ].join('|'),
  'y',
);
