import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { decodeText } from "./decode-text.ts";
import { UsageError } from "./exit-codes.ts";

/** What the operating system says of a file, in words. Source: errno(3). */
const words: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of its path is no folder",
  EISDIR: "it is a folder",
  EEXIST: "there is a file of that name",
  EACCES: "you may not read it",
  EPERM: "you may not read it",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is too long",
  ERR_INVALID_ARG_VALUE: "its name holds a character that no file's has",
  ERR_FS_FILE_TOO_LARGE: "it is too large",
};

/**
 * What is in a file that somebody named.
 *
 * @param directory where relative names begin
 * @throws {UsageError} that names the file and says why it cannot be read
 */
export async function readNamedFile(directory: string, file: string): Promise<Uint8Array> {
  return readFile(resolve(directory, file)).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${fileErrorWords(error)}.`);
  });
}

/** The same as text. @throws {UsageError} also where it is none */
export async function readTextFile(directory: string, file: string): Promise<string> {
  return decodeText(await readNamedFile(directory, file), file);
}

/** Why a file or folder cannot be used, in words; never what is in it. */
export function fileErrorWords(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
  return words[code] ?? code;
}
