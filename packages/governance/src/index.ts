export { parseSpec, UnreadableDocument, type Place, type SpecDocument } from './document/spec-document.ts';
