export { createDirectoryMemory, type DirectoryMemory } from './directory-memory.ts';
export { DirectoryWriter, type CallerChange, type CredentialRecord } from './directory-writer.ts';
export { DirectoryReader, type FoundCredential } from './directory-reader.ts';
