import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;

beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

function put(path: string): void {
  mkdirSync(dirname(join(fs.root, path)), { recursive: true });
  writeFileSync(join(fs.root, path), 'content');
}

describe('the built-in lists', () => {
  test.each([
    'etc/ssh_host_ed25519_key',
    '.boto',
    '.s3cfg',
    'deep/rclone.conf',
    'prod.tfvars',
    'prod.auto.tfvars.json',
    '.databrickscfg',
    '.snowflake/config',
    '.snowflake/connections.toml',
    '.composer/auth.json',
    '.codex/auth.json',
    '.claude.json',
    '.claude/.credentials.json',
    '.mcp.json',
    '.cursor/mcp.json',
    '.wgetrc',
    '.curlrc',
    '.config/op/config',
    'site/wp-config.php',
    'secring.gpg',
    'office.ovpn',
    '.netrc.gpg',
    '.flaskenv',
    '.env copy',
    '.env ',
    '#.env#',
    'id_rsa.bak',
    '.netrc~',
    'secrets.json',
    '.credentials.json',
  ])('%s is not read', async (path) => {
    put(path);
    expect(await fs.refusal('read_text_file', { path })).toContain('deny pattern');
  });

  test.each([
    '.hg/hgrc',
    '.hgrc',
    '.gdbinit',
    '.lldbinit',
    '.inputrc',
    '.tmux.conf',
    '.screenrc',
    '.direnvrc',
    '.mise.toml',
    '.cargo/config.toml',
    '.Rprofile',
    '.irbrc',
    '.pam_environment',
    '.zed/tasks.json',
    '.vs/tasks.vs.json',
    '.fleet/run.json',
    '.cursor/hooks.json',
    '.config/Code/User/settings.json',
    'Library/Application Support/Code/User/settings.json',
    'lib/python3/sitecustomize.py',
    '.ipython/profile_default/startup/00-first.py',
    '.jupyter/jupyter_server_config.py',
    '.justfile',
    'crontab',
  ])('%s is read and not written', async (path) => {
    put(path);
    expect((await fs.call('read_text_file', { path })).text).toBe('content');
    expect(await fs.refusal('write_file', { path, content: 'x' })).toContain('deny pattern');
  });

  test.each([
    'locales/en/auth.json',
    'config.toml',
    'src/settings.json',
    'main.tf',
    'ssh_host_rsa_key.pub',
    'Makefile',
    'justfile',
    'mise.toml',
    'package.json',
    '.github/workflows/ci.yml',
    '.cursor/rules/style.mdc',
  ])('%s, which projects are full of, is read and written', async (path) => {
    put(path);
    expect((await fs.call('read_text_file', { path })).text).toBe('content');
    await fs.call('write_file', { path, content: 'x' });
  });
});
