import { Type } from 'typebox';
import { strictObject } from './strict-object.ts';

const able = (description: string) => Type.Optional(Type.Boolean({ description }));

export const capabilities = strictObject(
  {
    vision: able('It sees images.'),
    documents: able('It reads PDF and the like; plain text needs nothing.'),
    audio: able('It hears sound.'),
    tools: able('It calls tools.'),
    schema: able('It holds its answer to a JSON Schema.'),
    reasoning: able('It reasons. Targets that do are preferred for calls that ask for it; no call is refused for it.'),
    mediaUrls: able('It fetches media by itself; `false`: it takes them inside the request only.'),
  },
  {
    description:
      'What the model can. A call that needs what is `false` goes to the next target, and is refused when there is none; what is neither here nor in the catalogue is left to the vendor.',
  },
);
