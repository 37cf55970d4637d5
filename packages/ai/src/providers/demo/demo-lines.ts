import { item } from '@gatehouse/kernel';

/** What the demo model has to say; it knows one house only. */
const TOPICS: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /\b(?:who|what) are you\b|\bmodel\b/i,
    [
      'I am the demo model: no weights, no cloud, only a hash function with manners.',
      'I live in the gatehouse and read nothing but the last line of every letter.',
    ],
  ],
  [
    /\bgate(?:house|way)?s?\b/i,
    [
      'Gatehouse is one gate for services, models and tools; I am the bird on its roof.',
      'A gate is a wall that has learnt to say yes. Gatehouse has learnt to say 429 as well.',
    ],
  ],
  [
    /\b(?:budget|cost|price|money|token)s?\b/i,
    [
      'I cost nothing, and the budget in front of me still counts every word.',
      'Every token is weighed at the gate. Mine are light.',
    ],
  ],
  [
    /\b(?:key|secret|password|login)s?\b/i,
    [
      'Your key stayed at the gate; all that reached me is your good name.',
      'I have never seen your key, which is exactly the idea.',
    ],
  ],
  [
    /\b(?:limit|quota|slow|fast|retry|timeout)s?\b/i,
    [
      'The gate lets in one after the other; I have nowhere to be anyway.',
      'Ask demo-slow if you like to wait, and demo-error-429 if you like to be refused.',
    ],
  ],
  [
    /\b(?:hello|hi|hey|hallo|good (?:morning|evening))\b/i,
    ['Good day, the gate is open.', 'Hello! You found the gate, the key and the bell at the first try.'],
  ],
  [
    /\bjoke\b|\bfunny\b/i,
    [
      'A request walks up to a gate. "Who goes there?" "Bearer." "Bearer of what?" "That is the whole header."',
      'Why did the packet cross the gateway? It had a route.',
    ],
  ],
];

const OTHERWISE: readonly string[] = [
  'I have thought about this for several microseconds.',
  'Noted, weighed and passed through the gate.',
  'A wiser model may know more; I at least always say the same.',
];

/** One line, chosen by what was said and a number that stands for chance. */
export function chooseLine(said: string, chance: number): string {
  const lines = TOPICS.find(([topic]) => topic.test(said))?.[1] ?? OTHERWISE;
  return item(lines, chance % lines.length);
}
