import OpenAI from 'openai';

/** The official SDK, whose every call is answered with this stream. */
export function clientOf(body: string): OpenAI {
  const headers = { 'content-type': 'text/event-stream' };
  return new OpenAI({ apiKey: 'k', maxRetries: 0, fetch: () => Promise.resolve(new Response(body, { headers })) });
}

/** What the official SDK makes of the stream. */
export function gather(body: string): Promise<OpenAI.ChatCompletion> {
  return clientOf(body)
    .chat.completions.stream({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
    .finalChatCompletion();
}
