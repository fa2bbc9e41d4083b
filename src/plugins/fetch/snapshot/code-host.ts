/**
 * The raw file behind a file page of GitHub, GitLab or Bitbucket, whose pages are mostly not the file; undefined for any
 * other URL.
 */
export function rawFileUrl(url: URL): string | undefined {
  const [, owner, repository, kind, ...rest] = url.pathname.split('/');
  if (url.protocol !== 'https:' || !owner || !repository) return undefined;
  if (url.hostname === 'github.com' && kind === 'blob' && rest.length >= 2) {
    return `https://raw.githubusercontent.com/${owner}/${repository}/${rest.join('/')}`;
  }
  if (url.hostname === 'gitlab.com' && url.pathname.includes('/-/blob/')) {
    return `https://gitlab.com${url.pathname.replace('/-/blob/', '/-/raw/')}`;
  }
  if (url.hostname === 'bitbucket.org' && kind === 'src' && rest.length >= 2) {
    return `https://bitbucket.org/${owner}/${repository}/raw/${rest.join('/')}`;
  }
  return undefined;
}
