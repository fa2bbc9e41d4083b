/** What browsers make of the name of a pseudo-class or pseudo-element. One that is foreign is taken by some of them only. */
export type Standing = 'known' | 'foreign' | 'invalid';

const plain =
  /^(active|any-link|link|visited|hover|focus|focus-within|focus-visible|target|root|scope|empty|(first|last|only)-(child|of-type)|checked|disabled|enabled|default|indeterminate|required|optional|valid|invalid|in-range|out-of-range|read-only|read-write|placeholder-shown|user-valid|user-invalid|autofill|-webkit-autofill|-webkit-any-link|defined|fullscreen|modal|popover-open|host|before|after|first-line|first-letter)$/;
const foreignPlain =
  /^(open|picture-in-picture|playing|paused|seeking|buffering|stalled|muted|volume-locked|past|current|future|has-slotted|active-view-transition|target-current|target-before|target-after|local-link|target-within|blank|heading|xr-overlay|-[a-z-]+)$/;
const functional = /^(is|where|not|has|nth-(last-)?(child|of-type)|lang|dir|host)$/;
const foreignFunctional = /^(matches|any|host-context|state|active-view-transition-type|current|heading|-[a-z-]+)$/;
const element =
  /^(before|after|first-line|first-letter|selection|marker|placeholder|backdrop|cue|file-selector-button|slotted|part|-webkit-[a-z-]+)$/;
const foreignElement =
  /^(target-text|spelling-error|grammar-error|highlight|search-text|details-content|view-transition[a-z-]*|checkmark|picker|picker-icon|scroll-[a-z-]+|column|cue-region|-[a-z-]+)$/;

/** `inside` is what stands in its brackets, where it has any. */
export function standingOf(name: string, inside: string | undefined, isElement: boolean): Standing {
  if (isElement) return element.test(name) ? 'known' : foreignElement.test(name) ? 'foreign' : 'invalid';
  if (inside === undefined) return plain.test(name) ? 'known' : foreignPlain.test(name) ? 'foreign' : 'invalid';
  if (inside.trim() === '' && !/^(is|where)$/.test(name)) return 'invalid';
  return functional.test(name) ? 'known' : foreignFunctional.test(name) ? 'foreign' : 'invalid';
}
