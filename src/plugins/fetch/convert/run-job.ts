import { convert } from './convert.ts';
import { decodeText } from './decode.ts';
import type { Job, JobResults } from './job.ts';
import { isXhtml, sniff } from './sniff.ts';

/** Loads what a job is done with, which takes a new thread on busy cores longer than most jobs do. */
export async function loadLibraries(job: Job): Promise<void> {
  if (job.task === 'find') await import('./find-text.ts');
  else if (job.task === 'strip') await import('./strip-tags.ts');
  else if (job.task === 'links') await import('./html/page-links.ts');
  else if (job.task === 'metadata') await import('./html/page-metadata.ts');
  else if (job.task === 'document' && !job.raw) {
    const { kind } = sniff(job.source.bytes, job.source.contentType);
    if (kind === 'html') await import('./html/convert-page.ts');
    else if (kind === 'pdf') await import('./pdf.ts');
  }
}

/** Does one job. Libraries are loaded by the first job that needs them. */
export async function runJob(job: Job): Promise<JobResults[Job['task']]> {
  switch (job.task) {
    case 'document':
      return convert(job.source, job.options, job.raw);
    case 'strip': {
      const { stripTags } = await import('./strip-tags.ts');
      const { text, charset } = decodeText(job.source.bytes, job.source.contentType);
      return { kind: 'html', text: stripTags(text), title: null, charset, extraction: 'fallback', warnings: [] };
    }
    case 'links': {
      const { pageLinks } = await import('./html/page-links.ts');
      const { bytes, contentType, url } = job.source;
      return pageLinks(decodeText(bytes, contentType).text, url, isXhtml(contentType));
    }
    case 'metadata': {
      const { pageMetadata } = await import('./html/page-metadata.ts');
      const { bytes, contentType, url } = job.source;
      return pageMetadata(decodeText(bytes, contentType).text, url, isXhtml(contentType));
    }
    case 'feed': {
      const { readFeed } = await import('./feed.ts');
      return readFeed(decodeText(job.source.bytes, job.source.contentType).text, job.source.url, job.since);
    }
    case 'sitemap': {
      const { readSitemap } = await import('./sitemap.ts');
      return readSitemap(job.source);
    }
    case 'find': {
      const { findText } = await import('./find-text.ts');
      return findText(job);
    }
  }
}
