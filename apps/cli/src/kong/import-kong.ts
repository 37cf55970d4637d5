import { consumerName, importConsumers } from './kong-consumers.ts';
import { KongProblem, readKong } from './kong-entities.ts';
import { importServices } from './kong-services.ts';
import { tokensOf } from './kong-tokens.ts';
import { LeftOuts, type LeftOut } from './left-out.ts';
import { withoutInvalid } from './without-invalid.ts';

export interface KongImport {
  /** A gatehouse.yaml, with what was left out in front as comments. */
  readonly yaml: string;
  readonly leftOut: readonly LeftOut[];
}

export { KongProblem };

/** A declarative configuration of Kong (decK, or `kong config db_export`) as one of this gate. Throws a `KongProblem` on what is none. */
export function importKong(text: string): KongImport {
  const left = new LeftOuts();
  const document = readKong(text, left);
  const tokens = tokensOf(document.consumers, consumerName, left);
  const { apis, upstreams } = importServices(document, tokens, left);
  for (const { name, consumer } of document.plugins) {
    if (consumer !== undefined)
      left.add(`consumer ${consumer}`, `the plugin ${name} of this consumer: see plans`, true);
  }
  const applications = importConsumers(document.consumers, { apis, tokens }, left);
  const body = withoutInvalid(
    { upstreams, apis: Object.fromEntries(apis.map(({ name, source }) => [name, source])), applications },
    left,
  );
  return { yaml: `${header(left.list)}${body}`, leftOut: left.list };
}

function header(left: readonly LeftOut[]): string {
  const lines = ['# Imported from Kong.'];
  if (left.length === 0) lines.push('# Everything could be carried over.');
  else {
    lines.push('# What could not be carried over as it was (! where it changes who may call):');
    for (const { where, what, security } of left)
      lines.push(`#  ${security ? '!' : ' '} ${oneLine(where)}: ${oneLine(what)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Names come from a file of somebody else's, and must not end the comment. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ').slice(0, 300);
}
