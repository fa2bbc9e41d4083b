const number = (value) => (Number.isFinite(value) ? value.toLocaleString('en', { maximumFractionDigits: 0 }) : '-');

/** The results as a page to read. */
export function report({ date, command, machine, versions, corpus, rounds, baseline, contenders, hostile }) {
  const sets = Object.entries(corpus.sets)
    .map(([set, pages]) => `${set} (${pages})`)
    .join(', ');
  const rows = contenders.map(
    (one) =>
      `| ${one.name}${one.form ? ` (${one.form})` : ''} | ${number(one.msPerMb)} | ${Number.isFinite(one.ratio) ? one.ratio.toFixed(2) : '-'} | ${one.peakMb} | ${one.relativeLinks} of ${one.links} | ${one.rawTags} | ${one.rawTables} | ${one.fences} | ${one.hiddenText} | ${Object.keys(one.failed).length} |`,
  );
  const hostileRows = contenders.map(
    ({ name }) => `| ${name} | ${hostile.map(({ times }) => times[name]).join(' | ')} |`,
  );
  return `# HTML to Markdown

${date}, \`${command}\`, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}, load ${machine.load.join(' ')}.

${corpus.pages} pages, ${corpus.megabytes.toFixed(1)} MB: ${sets}. Every page goes through every contender before the next page, each contender in its own process, in turning order; one round to warm up, ${rounds} timed, medians. Times are of the processor, all threads of the process together, so that others on the machine do not count. The ratio is to ${baseline}, over the pages that both converted. Extraction of the main content and absolute links are inside the time of those that do them; those that pick the main content have fewer links and fences to get wrong or right.

| contender | CPU ms/MB | ratio | peak MB | relative links left | raw tags left | raw tables left | fences with a language | hidden texts shown | pages failed |
| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |
${rows.join('\n')}

Hostile pages (10 s allowed each):

| contender | ${hostile.map(({ page }) => page).join(' | ')} |
| --- | ${hostile.map(() => '--:').join(' | ')} |
${hostileRows.join('\n')}

Versions: ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}.
`;
}
