import { definePolicy } from '../define-policy.ts';
import type { Reply } from '../policy.ts';
import { bytes } from '../parsed-units.ts';
import type { Config } from './schema.ts';

export const bodySize = definePolicy({
  name: 'body-size',
  stage: 'admit',
  build(config: Config) {
    const max = bytes(config.max);
    const refused: Reply = { code: 'request.body_too_large', detail: `The body may have at most ${max} bytes` };
    return {
      onRequest(exchange) {
        exchange.bodyBytesMax = Math.min(exchange.bodyBytesMax, max);
        // A body without a declared length is counted as it comes, against the number above.
        return (exchange.request.contentLength ?? 0) > max ? refused : undefined;
      },
    };
  },
});
