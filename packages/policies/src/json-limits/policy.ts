import { definePolicy } from '../define-policy.ts';
import { bytes } from '../parsed-units.ts';
import type { Exchange, Reply } from '../policy.ts';
import { JsonScan } from '../json-scan.ts';
import type { Config } from './schema.ts';

/** `application/json` and what ends in `+json`, also as one of several: an upstream may read any of them. */
const JSON_TYPE = /[/+]json\s*(?:[;,]|$)/i;

const CODED: Reply = {
  code: 'request.body_invalid',
  detail: 'JSON in a content coding cannot be checked here, send it without Content-Encoding',
};

export const jsonLimits = definePolicy({
  name: 'json-limits',
  stage: 'admit',
  build(config: Config) {
    const bytesMax = bytes(config.bytes);
    const scan = new JsonScan({ ...config, duplicateKeys: config.duplicateKeys === 'allow' });
    const check = async (exchange: Exchange): Promise<Reply | undefined> => {
      const body = await exchange.requestBody(bytesMax);
      // No body is no JSON either, but what a missing body means is the upstream's to say.
      const problem = body.length === 0 ? undefined : scan.scan(body);
      if (problem === undefined) return undefined;
      return { code: 'request.body_invalid', detail: `The body ${problem.what}, at byte ${problem.at}` };
    };
    return {
      onRequest(exchange) {
        const { request } = exchange;
        if (request.contentLength === 0) return undefined;
        if (!config.anyType && !JSON_TYPE.test(request.header('content-type') ?? '')) return undefined;
        const coding = request.header('content-encoding')?.trim().toLowerCase() ?? 'identity';
        return coding === 'identity' || coding === '' ? check(exchange) : CODED;
      },
    };
  },
});
