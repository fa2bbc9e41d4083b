import { convert } from './convert.ts';
import { decodeText } from './decode.ts';
import type { Job, JobResults } from './job.ts';

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
      return pageLinks(decodeText(job.source.bytes, job.source.contentType).text, job.source.url);
    }
    case 'metadata': {
      const { pageMetadata } = await import('./html/page-metadata.ts');
      return pageMetadata(decodeText(job.source.bytes, job.source.contentType).text, job.source.url);
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
