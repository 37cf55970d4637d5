import type { PolicyHooks, PolicyTools, Stage } from '@gatehouse/policies';

/** `guard`: before it is known who calls. `identify`: who. `admit`: whether. `shape`: how. `observe`: last, for looking on. */
export type PluginStage = Exclude<Stage, 'encode' | 'cache'>;

/** The default export of a plugin's file. */
export interface Plugin<Config = unknown> {
  readonly stage: PluginStage;
  /** One sentence for the manual. */
  readonly summary?: string;
  /** JSON Schema of the config, as plain data; an object. Left out: it takes none. */
  readonly schema?: object;
  /**
   * Once for each route that names it, whenever a configuration is published: no I/O. `config` has been checked, and
   * has its defaults.
   */
  build(config: Config, tools: PolicyTools): PolicyHooks;
}
