/** A response with every kind of item, and the stream of it as OpenAI sends one. */

const ANNOTATION = { type: 'url_citation', start_index: 0, end_index: 3, url: 'https://a.example', title: 'A' };
const FILE = { type: 'file_citation', file_id: 'file_1', filename: 'a.pdf', index: 3 };

const reasoning = {
  type: 'reasoning',
  id: 'rs_1',
  summary: [
    { type: 'summary_text', text: '**One**\n\nFirst' },
    { type: 'summary_text', text: 'Two ' },
  ],
  encrypted_content: 'gAAAA-x_y==',
  status: 'completed',
};

const search = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } };

const text = { type: 'output_text', text: 'See 😀', annotations: [ANNOTATION, FILE], logprobs: [] };

const message = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  phase: 'commentary',
  content: [text],
};

const call = {
  type: 'function_call',
  id: 'fc_1',
  call_id: 'call_1',
  name: 'look',
  arguments: '{ "n": 12345678901234567890 }',
  status: 'completed',
  namespace: 'crm',
};

const custom = {
  type: 'custom_tool_call',
  id: 'ctc_1',
  call_id: 'call_2',
  name: 'free',
  input: 'x y',
  status: 'completed',
};

const raw = {
  type: 'reasoning',
  id: 'rs_2',
  summary: [],
  content: [{ type: 'reasoning_text', text: 'Hm' }],
  status: 'completed',
};

const refusal = {
  type: 'message',
  id: 'msg_2',
  role: 'assistant',
  status: 'completed',
  phase: 'final_answer',
  content: [{ type: 'refusal', refusal: 'No.' }],
};

export const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_760_000_000,
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'gpt-5-2025-08-07',
  output: [reasoning, search, message, call, custom, raw, refusal],
  usage: {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
    output_tokens: 50,
    output_tokens_details: { reasoning_tokens: 20 },
    total_tokens: 150,
  },
  parallel_tool_calls: true,
  previous_response_id: 'resp_0',
  service_tier: 'priority',
  store: true,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  metadata: {},
};

const begun = { ...RESPONSE, status: 'in_progress', output: [], usage: null };

export const STREAM: readonly object[] = [
  { type: 'response.created', response: begun },
  { type: 'response.in_progress', response: begun },
  ...reasoningEvents(),
  { type: 'response.output_item.added', output_index: 1, item: { ...search, status: 'in_progress', action: null } },
  { type: 'response.web_search_call.in_progress', output_index: 1, item_id: 'ws_1' },
  { type: 'response.web_search_call.completed', output_index: 1, item_id: 'ws_1' },
  { type: 'response.output_item.done', output_index: 1, item: search },
  ...messageEvents(),
  ...callEvents(),
  ...rawEvents(),
  ...refusalEvents(),
  { type: 'response.completed', response: RESPONSE },
];

function reasoningEvents(): readonly object[] {
  const parts = reasoning.summary.flatMap((part, at) => {
    const place = { item_id: 'rs_1', output_index: 0, summary_index: at };
    return [
      { type: 'response.reasoning_summary_part.added', ...place, part: { ...part, text: '' } },
      ...pieces(part.text).map((delta) => ({
        type: 'response.reasoning_summary_text.delta',
        ...place,
        delta,
        obfuscation: '1234567890123456',
      })),
      { type: 'response.reasoning_summary_text.done', ...place, text: part.text },
      { type: 'response.reasoning_summary_part.done', ...place, part },
    ];
  });
  const added = { ...reasoning, summary: [], encrypted_content: 'gAAAA-early', status: 'in_progress' };
  return [
    { type: 'response.output_item.added', output_index: 0, item: added },
    ...parts,
    { type: 'response.output_item.done', output_index: 0, item: reasoning },
  ];
}

function messageEvents(): readonly object[] {
  const place = { item_id: 'msg_1', output_index: 2, content_index: 0 };
  const added = { ...message, content: [], status: 'in_progress' };
  const part = { ...text, text: '', annotations: [] };
  return [
    { type: 'response.output_item.added', output_index: 2, item: added },
    { type: 'response.content_part.added', ...place, part },
    ...pieces(text.text).map((delta) => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] })),
    { type: 'response.output_text.annotation.added', ...place, annotation_index: 0, annotation: ANNOTATION },
    { type: 'response.output_text.annotation.added', ...place, annotation_index: 1, annotation: FILE },
    { type: 'response.output_text.done', ...place, text: text.text, logprobs: [] },
    { type: 'response.content_part.done', ...place, part: text },
    { type: 'response.output_item.done', output_index: 2, item: message },
  ];
}

function callEvents(): readonly object[] {
  const place = { item_id: 'fc_1', output_index: 3 };
  const custom4 = { item_id: 'ctc_1', output_index: 4 };
  const added = { ...call, arguments: '', status: 'in_progress' };
  return [
    { type: 'response.output_item.added', output_index: 3, item: added },
    ...pieces(call.arguments).map((delta) => ({ type: 'response.function_call_arguments.delta', ...place, delta })),
    { type: 'response.function_call_arguments.done', ...place, arguments: call.arguments },
    { type: 'response.output_item.done', output_index: 3, item: call },
    { type: 'response.output_item.added', output_index: 4, item: { ...custom, input: '', status: 'in_progress' } },
    ...pieces(custom.input).map((delta) => ({ type: 'response.custom_tool_call_input.delta', ...custom4, delta })),
    { type: 'response.custom_tool_call_input.done', ...custom4, input: custom.input },
    { type: 'response.output_item.done', output_index: 4, item: custom },
  ];
}

function rawEvents(): readonly object[] {
  const place = { item_id: 'rs_2', output_index: 5, content_index: 0 };
  const part = { type: 'reasoning_text', text: 'Hm' };
  return [
    { type: 'response.output_item.added', output_index: 5, item: { ...raw, content: [], status: 'in_progress' } },
    { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
    { type: 'response.reasoning_text.delta', ...place, delta: 'Hm' },
    { type: 'response.reasoning_text.done', ...place, text: 'Hm' },
    { type: 'response.content_part.done', ...place, part },
    { type: 'response.output_item.done', output_index: 5, item: raw },
  ];
}

function refusalEvents(): readonly object[] {
  const place = { item_id: 'msg_2', output_index: 6, content_index: 0 };
  const added = { ...refusal, content: [], status: 'in_progress' };
  return [
    { type: 'response.output_item.added', output_index: 6, item: added },
    { type: 'response.content_part.added', ...place, part: { type: 'refusal', refusal: '' } },
    { type: 'response.refusal.delta', ...place, delta: 'No.' },
    { type: 'response.refusal.done', ...place, refusal: 'No.' },
    { type: 'response.content_part.done', ...place, part: { type: 'refusal', refusal: 'No.' } },
    { type: 'response.output_item.done', output_index: 6, item: refusal },
  ];
}

function pieces(whole: string): readonly string[] {
  return whole.match(/.{1,2}/gsu) ?? [];
}
