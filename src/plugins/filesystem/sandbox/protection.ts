import { basename, sep } from 'node:path';
import picomatch from 'picomatch';

/** Credentials: never read, found, copied or moved. A pattern without a slash is a name at any depth, and covers what is below it. */
export const secretPatterns = [
  '.env',
  '.env.*',
  '.env~',
  '.envrc',
  '*.env',
  '!.env.{example,sample,template,dist}',
  '*.{pem,key,p12,pfx,jks,keystore,kdbx,ppk}',
  'id_{rsa,dsa,ecdsa,ed25519,ecdsa_sk,ed25519_sk}',
  '.ssh/**',
  '!.ssh/*.pub',
  '.gnupg/**',
  '.git/config{,.worktree}',
  '.git/modules/**/config{,.worktree}',
  '.git/worktrees/**',
  '.git-credentials',
  '.gitcookies',
  '.netrc',
  '_netrc',
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  '.pypirc',
  '.pgpass',
  '.my.cnf',
  '.htpasswd',
  '.dockercfg',
  '.docker/config.json',
  'kubeconfig',
  '*.kubeconfig',
  '.kube/**',
  '.aws/**',
  '.azure/**',
  '.config/gcloud/**',
  '.config/gh/hosts.yml',
  '.cargo/credentials{,.toml}',
  '.gem/credentials',
  '.terraformrc',
  'credentials.tfrc.json',
  '*.tfstate',
  '*.tfstate.backup',
  'application_default_credentials.json',
  'credentials.json',
  'secrets.{yml,yaml}',
  '.m2/settings.xml',
  '.*_history',
  'wallet.dat',
  '*service-account*.json',
  '*service_account*.json',
  '.vault-token',
  '.vault_pass{,.txt}',
  'ssh_host_*_key',
  '.{boto,s3cfg,databrickscfg,wgetrc,curlrc,flaskenv}',
  '.netrc.gpg',
  '.mylogin.cnf',
  'rclone.conf',
  '*.tfvars',
  '*.tfvars.json',
  '.snowflake/{config,config.toml,connections.toml}',
  '.composer/auth.json',
  '.config/composer/auth.json',
  '.codex/auth.json',
  '.claude.json',
  '.claude/.credentials.json',
  '.mcp.json',
  '.cursor/mcp.json',
  '.config/op/**',
  'wp-config.php',
  'secring.gpg',
  '*.ovpn',
];

/** Files whose content a shell, git or an editor runs by itself: writing one is running code. */
export const codePatterns = [
  // The whole folder, or a file of that name, which sends git to another one; `git~1` is its short name on Windows.
  '.git',
  'git~1',
  '.gitmodules',
  '.gitconfig',
  '.config/git/**',
  '.husky/**',
  '.pre-commit-config.yaml',
  '.vscode/**',
  '.idea/**',
  '.devcontainer/**',
  '.devcontainer.json',
  '.cursor/{mcp,hooks}.json',
  '.claude/settings*.json',
  '.mcp.json',
  '.zed/**',
  '.vs/*.vs.json',
  '.fleet/run.json',
  'Code/User/{settings,tasks,keybindings}.json',
  '.hg/hgrc',
  '.{hgrc,gdbinit,lldbinit,inputrc,tmux.conf,screenrc,direnvrc,pam_environment}',
  '.{Rprofile,irbrc,pryrc,pdbrc,psqlrc,sqliterc}',
  '.config/{direnv,tmux}/**',
  '.mise.toml',
  '.cargo/config{,.toml}',
  '.justfile',
  '{site,user}customize.py',
  '.ipython/**',
  '.jupyter/*config*.py',
  'crontab',
  '.{vimrc,gvimrc,exrc,nvimrc,nvim.lua,emacs}',
  '.vim/**',
  '.config/nvim/**',
  '.emacs.d/**',
  '.dir-locals.el',
  '.envrc',
  '.npmrc',
  '.yarnrc*',
  '.{bash,zsh}*',
  '.{ksh,csh,tcsh}rc',
  '.{z,}profile',
  '.{z,}login',
  '.{z,}logout',
  '.{xprofile,xinitrc,xsession,xsessionrc}',
  '.ssh/**',
  '.config/fish/**',
  '.config/autostart/**',
  '.config/systemd/**',
  '.local/share/applications/**',
  'Library/LaunchAgents/**',
];

interface Rule {
  readonly matches: (path: string) => boolean;
  readonly exception: boolean;
  /** Text that every name it matches has; found without the cost of the glob. */
  readonly literal: string;
}

/**
 * Decides which paths a list of globs covers. Compared without case and in NFC, because file systems that fold either
 * open the same file under both spellings. A rule is tried only on names that its last component could be.
 */
export class Protection {
  readonly #byName = new Map<string, Rule[]>();
  readonly #bySuffix = new Map<string, Rule[]>();
  readonly #others: Rule[] = [];

  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) for (const simple of picomatchBraces(pattern)) this.#add(simple);
  }

  /** Whether the entry itself, or a directory it is in, is covered. `path` is absolute. */
  covers(path: string): boolean {
    const folded = fold(path);
    for (let end = folded.length; end > 0; end = folded.lastIndexOf('/', end - 1)) {
      const verdict = this.#verdict(folded.slice(0, end));
      if (verdict !== undefined) return verdict;
    }
    return false;
  }

  /** Whether the entry is covered by its own name or path; for walks, which have already judged the directories above. */
  coversEntry(directory: string, name: string): boolean {
    const folded = fold(name);
    if (!this.#mayCover(folded)) return false;
    return this.#verdict(`${fold(directory)}/${folded}`) ?? false;
  }

  #mayCover(name: string): boolean {
    const dot = name.lastIndexOf('.');
    if (this.#byName.has(name) || (dot >= 0 && this.#bySuffix.has(name.slice(dot)))) return true;
    return this.#others.some(({ literal }) => name.includes(literal));
  }

  #verdict(path: string): boolean | undefined {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const dot = name.lastIndexOf('.');
    const named = this.#byName.get(name);
    const suffixed = dot >= 0 ? this.#bySuffix.get(name.slice(dot)) : undefined;
    const possible = this.#others.filter(({ literal }) => name.includes(literal));
    if (!named && !suffixed && possible.length === 0) return undefined;
    const rules = [...(named ?? []), ...(suffixed ?? []), ...possible];
    const matching = rules.filter((rule) => rule.matches(path));
    if (matching.length === 0) return undefined;
    return !matching.some((rule) => rule.exception);
  }

  #add(pattern: string): void {
    const exception = pattern.startsWith('!');
    const glob = fold(exception ? pattern.slice(1) : pattern).replace(/\/\*\*$/, '');
    const matches = picomatch(glob.startsWith('/') ? glob : `**/${glob}`, { dot: true, nonegate: true });
    const last = basename(glob);
    const literals = /[[\](){}!+@]/.test(last) ? [''] : last.split(/[*?]+/);
    const literal = literals.reduce((longest, one) => (one.length > longest.length ? one : longest), '');
    const rule = { matches, exception, literal };
    const suffix = /^\*(\.[^.*?[\](){}!+@]+)$/.exec(last)?.[1];
    if (suffix !== undefined) push(this.#bySuffix, suffix, rule);
    else if (/[*?[\](){}!+@]/.test(last)) this.#others.push(rule);
    else push(this.#byName, last, rule);
  }
}

function push(map: Map<string, Rule[]>, key: string, rule: Rule): void {
  map.set(key, [...(map.get(key) ?? []), rule]);
}

/**
 * Names that some file system takes for one are one here: upper case and lower case of every letter (by way of the upper
 * case, which makes `ſ` an `s`), either composition, and without the characters that HFS+ leaves out of a comparison.
 */
function fold(path: string): string {
  const simple = isAscii(path) ? path : path.normalize('NFC').replaceAll(ignorable, '').toUpperCase();
  return simple.toLowerCase().replaceAll(sep, '/');
}

const ignorable = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

/** `{a,b}` spelled out, one level, so that each alternative can be looked up by its name. */
function picomatchBraces(pattern: string): string[] {
  const found = /\{([^{}]*)\}/.exec(pattern);
  if (!found) return [pattern];
  const before = pattern.slice(0, found.index);
  const after = pattern.slice(found.index + found[0].length);
  return (found[1] ?? '').split(',').flatMap((choice) => picomatchBraces(before + choice + after));
}
