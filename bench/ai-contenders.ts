import { folder, type Bench } from './bench.ts';
import path from 'node:path';
import { startGatehouse } from './contenders.ts';
import { LOAD_CORE, proxyCores } from './cores.ts';
import { litellmProgram, portkeyScript } from './rival-packages.ts';
import { freePort, launch, type Service } from './service.ts';
import { writeTemplate } from './template.ts';

/** A gateway in front of a provider, and what its callers must say. */
export interface AiContender {
  readonly name: string;
  headers(provider: number): Readonly<Record<string, string>>;
  start(bench: Bench, provider: number): Promise<Service>;
}

const JSON_BODY = { 'content-type': 'application/json' };

export async function startFakeProvider(bench: Bench): Promise<Service> {
  const port = await freePort();
  const args = [path.join(import.meta.dirname, 'fake-provider.ts'), '--port', String(port)];
  const dir = folder(bench, 'fake-provider');
  return launch({ name: 'fake provider', command: process.execPath, args, cores: LOAD_CORE, port, dir });
}

const gatehouse: AiContender = {
  name: 'Gatehouse',
  headers: () => ({ ...JSON_BODY, authorization: 'Bearer key-1' }),
  start: async (bench, provider) => {
    const dir = folder(bench, 'gatehouse');
    return startGatehouse({
      dir,
      config: writeTemplate('gatehouse-chat.yaml', dir, { upstream: provider }),
      workers: 1,
    });
  },
};

function portkey(script: string): AiContender {
  return {
    name: 'Portkey',
    headers: (provider) => ({
      ...JSON_BODY,
      authorization: 'Bearer provider-key',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `http://127.0.0.1:${provider}/v1`,
    }),
    start: async (bench) => {
      const port = await freePort();
      return launch({
        name: 'Portkey',
        command: process.execPath,
        args: [script, `--port=${port}`, '--headless'],
        cores: proxyCores(1),
        port,
        dir: folder(bench, 'portkey'),
        // without the second it refuses providers on the loopback interface
        env: { NODE_ENV: 'production', TRUSTED_CUSTOM_HOSTS: 'localhost,127.0.0.1' },
      });
    },
  };
}

function litellm(program: string): AiContender {
  return {
    name: 'LiteLLM',
    headers: () => JSON_BODY,
    start: async (bench, provider) => {
      const port = await freePort();
      const dir = folder(bench, 'litellm');
      const config = writeTemplate('litellm.yaml', dir, { upstream: provider });
      const args = ['--config', config, '--host', '127.0.0.1', '--port', String(port), '--num_workers', '1'];
      return launch({
        name: 'LiteLLM',
        command: program,
        args: [...args, '--telemetry', 'False'],
        cores: proxyCores(1),
        port,
        dir,
        // or it would ask the net for prices before it starts
        env: { LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_LOG: 'ERROR' },
        readySeconds: 180,
      });
    },
  };
}

/** Those that can be had here. */
export function aiContenders(bench: Bench): readonly AiContender[] {
  const script = portkeyScript(bench);
  const program = litellmProgram(bench);
  return [
    ...(script === undefined ? [] : [portkey(script)]),
    ...(program === undefined ? [] : [litellm(program)]),
    gatehouse,
  ];
}
