import http from 'node:http';
import { onTestFinished } from 'vitest';
import { clockedGate, type ClockedGate } from '../clocked-gate.ts';
import { startUpstream, type Upstream } from '../harness.ts';

export interface ShapeGate extends ClockedGate {
  /** What the API leads to, which answers `main`. */
  readonly main: Upstream;
  /** Named `other` in the configuration, which answers `other`. */
  readonly other: Upstream;
}

/** A gate with one open API of these policies, and two upstreams. */
export async function shapeGate(policies: string, handle: http.RequestListener = () => {}): Promise<ShapeGate> {
  const answering =
    (text: string): http.RequestListener =>
    (request, response) => {
      handle(request, response);
      if (!response.headersSent) request.resume().on('end', () => response.end(text));
    };
  const main = await startUpstream(answering('main'));
  const other = await startUpstream(answering('other'));
  onTestFinished(async () => {
    await main.close();
    await other.close();
  });
  const gate = await clockedGate(
    `upstreams: { other: { targets: [ { url: "http://127.0.0.1:${other.port}" } ] } }\n` +
      `apis: { a: { basePath: /v1, access: open, upstream: "http://127.0.0.1:${main.port}", policies: [ ${policies} ], ` +
      'routes: [ { method: "*", path: "/old/*" }, { method: "*", path: "/*" } ] } }\n',
  );
  return { ...gate, main, other };
}
