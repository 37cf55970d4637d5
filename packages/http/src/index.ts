export { HeaderEdits, headerLine } from './header-edits.ts';
