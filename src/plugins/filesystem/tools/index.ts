import { applyPatch } from './apply-patch.ts';
import { archiveCreate } from './archive-create.ts';
import { archiveExtract } from './archive-extract.ts';
import { archiveList } from './archive-list.ts';
import { compareFiles } from './compare-files.ts';
import { copyFile } from './copy-file.ts';
import { createDirectory } from './create-directory.ts';
import { deletePath } from './delete-path.ts';
import { directoryTree } from './directory-tree.ts';
import { editFile } from './edit-file.ts';
import { getFileInfo } from './get-file-info.ts';
import { listAllowedDirectories } from './list-allowed-directories.ts';
import { listChanges } from './list-changes.ts';
import { listDirectory } from './list-directory.ts';
import { listDirectoryWithSizes } from './list-directory-with-sizes.ts';
import { moveFile } from './move-file.ts';
import { readFile } from './read-file.ts';
import { readMediaFile } from './read-media-file.ts';
import { readMultipleFiles } from './read-multiple-files.ts';
import { readTextFile } from './read-text-file.ts';
import { searchContent } from './search-content.ts';
import { searchFiles } from './search-files.ts';
import { undoChange } from './undo-change.ts';
import { narrowing } from './within-client-roots.ts';
import { writeFile } from './write-file.ts';

const readingTools = [
  readTextFile,
  readFile,
  readMultipleFiles,
  readMediaFile,
  listDirectory,
  listDirectoryWithSizes,
  directoryTree,
  searchFiles,
  searchContent,
  getFileInfo,
  compareFiles,
  archiveList,
  listAllowedDirectories,
];

const changingTools = [
  writeFile,
  editFile,
  createDirectory,
  moveFile,
  copyFile,
  deletePath,
  applyPatch,
  archiveExtract,
  archiveCreate,
  undoChange,
  listChanges, // it changes nothing, but has nothing to list where nothing may be changed
];

/** Every tool, those that only read first. */
export const allTools = [...readingTools, ...changingTools].map((tool) => narrowing(tool));

/** Names of the tools that exist only where something may be written. */
export const writingTools: ReadonlySet<string> = new Set(changingTools.map(({ name }) => name));
