import type { OtlpSpec } from '@gatehouse/config';
import type { Clock } from '@gatehouse/kernel';
import type { Sink, SinkItem } from '../sink.ts';
import { answerProblem, OTLP_RULES } from '../sinks/answer-problem.ts';
import { HttpPost } from '../sinks/http-post.ts';
import { itemLog } from './item-log.ts';
import { partialSuccess } from './otlp-answer.ts';
import { keyValue, type LogsRequest, type Resource, type Scope, type TraceRequest } from './otlp-model.ts';
import { logsProtobuf, traceProtobuf } from './protobuf.ts';
import { recordSpans } from './record-spans.ts';

/** Who tells. */
export interface OtlpSelf {
  readonly node: string;
  readonly version: string;
  readonly clock: Clock;
}

/** Spans of sampled calls, to a collector. */
export function otlpTraceSink(spec: OtlpSpec, self: OtlpSelf): Sink {
  const { resource, scope } = sourceOf(self);
  return otlpSink({ spec, self, path: '/v1/traces' }, (items) => {
    const spans = items.flatMap((item) => (item.kind === 'record' ? recordSpans(item.record) : []));
    const request: TraceRequest = { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] };
    return spec.encoding === 'json' ? json(request) : traceProtobuf(request);
  });
}

/** Log records, to a collector. */
export function otlpLogSink(spec: OtlpSpec, fields: readonly string[] | undefined, self: OtlpSelf): Sink {
  const { resource, scope } = sourceOf(self);
  return otlpSink({ spec, self, path: '/v1/logs' }, (items) => {
    const logRecords = items.map((item) => itemLog(item, fields, self.clock.now()));
    const request: LogsRequest = { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] };
    return spec.encoding === 'json' ? json(request) : logsProtobuf(request);
  });
}

interface OtlpTarget {
  readonly spec: OtlpSpec;
  readonly self: OtlpSelf;
  readonly path: string;
}

function otlpSink({ spec, self, path }: OtlpTarget, bodyOf: (items: readonly SinkItem[]) => Buffer): Sink {
  const post = new HttpPost({ ...spec, url: signalUrl(spec.url, path) });
  const contentType = spec.encoding === 'json' ? 'application/json' : 'application/x-protobuf';
  return {
    async send(items, signal) {
      const answer = await post.send(bodyOf(items), contentType, signal);
      const problem = answerProblem(answer, OTLP_RULES, self.clock.now());
      if (problem !== undefined) throw problem;
      return partialSuccess(answer);
    },
    async close() {
      post.close();
    },
  };
}

/** A base address, as `OTEL_EXPORTER_OTLP_ENDPOINT` is one, or the whole. */
export function signalUrl(url: string, path: string): string {
  const base = url.replace(/\/+$/, '');
  return base.endsWith(path) ? base : base + path;
}

function sourceOf({ node, version }: OtlpSelf): { readonly resource: Resource; readonly scope: Scope } {
  return {
    resource: {
      attributes: [
        keyValue('service.name', 'gatehouse'),
        keyValue('service.version', version),
        keyValue('service.instance.id', node),
      ],
    },
    scope: { name: 'gatehouse', version },
  };
}

function json(request: object): Buffer {
  return Buffer.from(JSON.stringify(request), 'utf8');
}
