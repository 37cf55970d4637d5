// What this harness uses of the npm package `http-cache-tests`, which has no types of its own.

declare module 'http-cache-tests/tests/index.mjs' {
  const suites: import('./score.ts').Suite[];
  export default suites;
}

declare module 'http-cache-tests/tests/surrogate-control.mjs' {
  const suite: import('./score.ts').Suite;
  export default suite;
}

declare module 'http-cache-tests/client/runner.mjs' {
  export function runTests(
    suites: readonly import('./score.ts').Suite[],
    fetch: (url: string, init?: unknown) => Promise<unknown>,
    browserCache: boolean,
    base: string,
    chunkSize?: number,
  ): Promise<void>;
  export function getResults(): import('./score.ts').Results;
}

declare module 'http-cache-tests/server/handle-config.mjs' {
  export default function handle(
    path: readonly string[],
    request: import('node:http').IncomingMessage,
    response: import('node:http').ServerResponse,
  ): void;
}

declare module 'http-cache-tests/server/handle-state.mjs' {
  export default function handle(
    path: readonly string[],
    request: import('node:http').IncomingMessage,
    response: import('node:http').ServerResponse,
  ): void;
}

declare module 'http-cache-tests/server/handle-test.mjs' {
  export default function handle(
    path: readonly string[],
    request: import('node:http').IncomingMessage,
    response: import('node:http').ServerResponse,
  ): void;
}
