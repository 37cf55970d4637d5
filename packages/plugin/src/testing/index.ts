export { tryPlugin, type TriedCall, type TriedPlugin } from './try-plugin.ts';
