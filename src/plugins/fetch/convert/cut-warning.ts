/** What is said of everything that was made of a response that was cut. */
export function cutWarning(bytes: number): string {
  return `The response is longer than the ${bytes} bytes that are read (plugins.fetch.maxBytes); only its beginning is here.`;
}
