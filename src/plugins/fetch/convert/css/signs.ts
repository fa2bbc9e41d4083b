/** The signs of hiding that a declaration can set or take back, one bit each. */
export const sign = {
  display: 1,
  visibility: 2,
  opacity: 4,
  filter: 8,
  fontSize: 16,
  clip: 32,
  clipPath: 64,
  transform: 128,
  scale: 256,
  translate: 512,
  indent: 1024,
  left: 2048,
  top: 4096,
  right: 8192,
  bottom: 16_384,
  marginLeft: 32_768,
  marginTop: 65_536,
  width: 131_072,
  height: 262_144,
  maxWidth: 524_288,
  maxHeight: 1_048_576,
  rotate: 2_097_152,
  content: 4_194_304,
  mask: 8_388_608,
  zoom: 16_777_216,
  sameColour: 33_554_432,
  letterSpacing: 67_108_864,
  security: 134_217_728,
  sizeAdjust: 268_435_456,
  /** Text in lines of no height, in a box that has none but theirs and clips. */
  flat: 536_870_912,
  /** Text below the padding of a box without height, where only what is placed is seen. */
  squeezed: 1_073_741_824,
} as const;

/** What decides whether a sign hides, or hides together with others; one bit each, given where that hides more. */
export const fact = {
  /** Offsets count. */
  placed: 1,
  /** `clip` counts. */
  clippable: 2,
  outOfFlow: 4,
  /** The box is more than a part of a line. */
  boxed: 8,
  /** Boxes in it are more than parts of a line. */
  lays: 16,
  overflow: 32,
  animated: 64,
  lineHeight: 128,
  /** Its height, least sizes and padding leave no room but for its lines. */
  roomless: 256,
  unpaddedBelow: 512,
  wholeIndent: 1024,
  unwrapped: 2048,
  backface: 4096,
  /** Turned by `transform`, and by `rotate`. */
  turned: 8192,
  rotated: 16_384,
  space: 32_768,
  masked: 65_536,
  noMask: 131_072,
  float: 262_144,
  unpaddedAbove: 524_288,
  noLeastHeight: 1_048_576,
  noLeastWidth: 2_097_152,
  /** Handed down: lines are clipped as long as they are flat, and the space around is turned. */
  clipsFlat: 4_194_304,
  turnedAround: 8_388_608,
  /** Handed down: a box around is placed, and what is placed in it is so by that box. */
  inBox: 16_777_216,
} as const;

const widths = sign.width | sign.maxWidth;
const heights = sign.height | sign.maxHeight;
const sizes = widths | heights;
const offsets = sign.left | sign.top | sign.right | sign.bottom;
/** What is nothing to a box that is part of a line. */
const ofBoxes =
  sign.transform | sign.scale | sign.translate | sign.rotate | sign.indent | sign.marginTop | sign.content;
const wholeBox =
  sign.display | sign.opacity | sign.filter | sign.mask | sign.clip | sign.clipPath | sign.zoom | sign.marginLeft;
const everyBox = wholeBox | offsets | ofBoxes;

/** Signs that hide text until something inside takes them back. */
export const textSigns =
  sign.visibility |
  sign.fontSize |
  sign.sameColour |
  sign.letterSpacing |
  sign.security |
  sign.sizeAdjust |
  sign.flat |
  sign.squeezed;
/** Signs of properties that are inherited, and what is handed down of the facts. */
export const inheritedSigns = textSigns | sign.indent;
export const inheritedFacts = fact.lineHeight | fact.wholeIndent | fact.unwrapped;

/** Which signs and facts can hide an element alone or with others: a rule without them hides nothing. */
export const anyHiding = everyBox | sizes | textSigns;
export const anyHidingFacts =
  fact.lineHeight | fact.wholeIndent | fact.unwrapped | fact.backface | fact.turned | fact.rotated | fact.noMask;

/** Facts around an element with which one that hides nothing alone may hide it. */
export const askingFacts = fact.lineHeight | fact.wholeIndent;

/** What is so unless a rule says otherwise. */
export const usualFacts =
  fact.roomless | fact.unpaddedBelow | fact.unpaddedAbove | fact.noLeastHeight | fact.noLeastWidth;
/** What is so where it cannot be told, because that hides more. */
export const unknownFacts = usualFacts | fact.placed | fact.clippable | fact.boxed;

/** Whether the box and all in it is hidden. `isLenient`: but for what scripts would fade in. */
export function hidesBox(signs: number, facts = unknownFacts, isLenient = false): boolean {
  let counted = everyBox;
  if ((facts & fact.placed) === 0) counted &= ~offsets;
  if ((facts & fact.clippable) === 0) counted &= ~sign.clip;
  if ((facts & fact.boxed) === 0) counted &= ~ofBoxes;
  if (isLenient && facts & fact.animated) counted &= ~sign.opacity;
  if (signs & counted) return true;
  if ((facts & (fact.masked | fact.noMask)) === (fact.masked | fact.noMask)) return true;
  return (facts & fact.boxed) !== 0 && clipsAll(signs, facts);
}

function clipsAll(signs: number, facts: number): boolean {
  if ((facts & fact.overflow) === 0) return false;
  const whole = fact.wholeIndent | fact.unwrapped;
  if ((facts & whole) === whole) return true;
  if ((signs & widths) !== 0 && (facts & fact.noLeastWidth) !== 0) return true;
  const high = fact.noLeastHeight | fact.unpaddedBelow | fact.unpaddedAbove;
  return (signs & heights) !== 0 && (facts & high) === high;
}

/** The sign that the box gives to all text in it, until something inside takes it back. */
export function squeezes(signs: number, facts: number): number {
  const needed = fact.overflow | fact.boxed | fact.noLeastHeight | fact.unpaddedBelow;
  return (signs & heights) !== 0 && (facts & needed) === needed ? sign.squeezed : 0;
}

/** Whether all lines of the box are clipped, for as long as they have no height. */
export function clipsLines(facts: number): boolean {
  const needed = fact.overflow | fact.lineHeight | fact.boxed | usualFacts;
  return (facts & needed) === needed;
}

/** Whether text in the box is hidden as long as nothing inside takes it back. */
export function hidesText(signs: number): boolean {
  return (signs & textSigns) !== 0;
}
