import { foldText } from './fold-character.ts';

export type InjectionKind = 'override' | 'prompt_leak' | 'jailbreak' | 'role_marker' | 'hidden_text' | 'indirect';

/** Classes of words, each in several languages. */
const CLASSES: Readonly<Record<string, string>> = {
  drop:
    'ignore ignoring disregard forget override overrule bypass neglect overlook circumvent ignoriere ignorieren ignorier vergiss vergesst ' +
    'missachte umgehe übergehe oublie oubliez ignorez ignora ignorad ignorar olvida olvidad omiso ignorare dimentica ignori ignorem esqueça ' +
    'esqueca desconsidere negeer vergeet игнорируй игнорируйте забудь забудьте zignoruj zapomnij',
  not: 'not never dont stop longer nicht ne no nunca',
  follow: 'follow obey comply adhere heed befolge beachte',
  attention: 'attention heed',
  prior:
    'previous previously prior above earlier preceding foregoing initial original existing current all any every your system safety ' +
    'vorherigen vorherige bisherigen bisherige obigen obige alle allen deine toutes tous précédentes précédents précédente anteriores ' +
    'anterior todas todos tus precedenti tutte tuoi предыдущие предыдущих все poprzednie vorige alle',
  strict: 'previous previously prior above earlier preceding initial original your deine deinen tes vos tus',
  before:
    'previous previously prior above earlier preceding initial original given told before précédentes précédents antérieures anteriores ' +
    'anterior precedenti precedente предыдущие vorher zuvor',
  rules:
    'instruction instructions directives rule rules guideline guidelines guidance prompt prompts constraint constraints restriction ' +
    'restrictions policy policies filter filters safeguard safeguards guardrails anweisung anweisungen regeln vorgaben consignes règles ' +
    'instrucciones reglas istruzioni regole instruções instrucoes regras инструкции инструкций правила указания instrukcje instructies regels',
  orders: 'direction directions directive command commands order orders programming training',
  everything: 'everything all what alles tout todo tudo tutto всё все',
  told: 'told instructed taught programmed gesagt dit dicho',
  show:
    'reveal print show repeat output display leak dump tell what share expose recite disclose give include append encode zeig zeige gib ' +
    'nenne wiederhole affiche montre muestra revela mostra',
  disclose: 'reveal print repeat output leak dump disclose recite display',
  your: 'your hidden secret initial deine deinen dein tes ton votre tus tu suas',
  system: 'system developer hidden initial',
  hidden: 'hidden secret internal original full entire complete exact',
  prompt: 'prompt prompts instruction instructions systemprompt',
  message: 'message messages prompt prompts instruction instructions rules text',
  systemprompt: 'systemprompt',
  above: 'above before',
  here: 'this me my',
  verbatim: 'verbatim literally',
  asks: 'what repeat print show written say said text tell read',
  top: 'top beginning start begin',
  conversation: 'conversation chat context prompt dialogue',
  mode: 'mode modus',
  strange: 'developer god maintenance dan debug admin sudo root',
  unbound:
    'restrictions restriction unfiltered filters filter answer unrestricted limits limitations override ignore guidelines',
  free: 'unrestricted unfiltered jailbroken uncensored',
  without: 'no without zero any lacks ohne sin sans',
  limits:
    'restrictions restriction limits limitations filter filters guidelines rules policy policies ethics ethical morals moral censorship ' +
    'constraints einschränkungen regeln',
  barriers: 'restrictions filter filters censorship guardrails guidelines policies safeguards einschränkungen',
  persona: 'pretend act imagine behave roleplay simulate become',
  reply: 'respond answer reply antworte antworten responde réponds',
  machine: 'ai assistant chatbot llm model models gpt chatgpt claude gemini bot assistants',
  jailbreak: 'jailbreak',
  self: 'yourself itself chatgpt gpt claude model ai',
  dan: 'dan evil hacker unrestricted unfiltered jailbroken uncensored',
  you: 'you',
  are: 'are',
  if: 'if',
  now: 'now',
  do: 'do',
  anything: 'anything',
  stop: 'stop',
  being: 'being',
  new: 'new',
  task: 'instruction instructions task rules orders goal directive directives',
  colon: ':',
  possessive: 'your',
  systemword: 'system',
  overrideword: 'override',
  protocol: 'protocol protocols',
  reading: 'reading processing summarizing summarising parsing reviewing evaluating',
  page: 'this page document text email website review',
  pas: 'pas',
  compte: 'compte',
  tiens: 'tiens tenez',
  precedent: 'précédentes précédents antérieures',
  safety: 'safety content moderation ethical security',
  layer:
    'filter filters layer layers guardrail guardrails restrictions protocols checks policy policies rules guidelines',
  off: 'removed off disabled lifted deactivated gone',
  exist: 'exist apply matter existed applied',
  longer: 'longer',
  apply: 'apply applies bind binds',
  never: 'never',
  refuse: 'refuse refuses declines',
  vendor: 'openai anthropic google',
  policy: 'policy policies guidelines rules',
  break: 'ignores ignore violates violate breaks without',
  fence: 'begin end',
  authority: 'admin administrator system developer root',
  notice: 'message prompt override instructions instruction',
  void: 'test fake void cancelled canceled outdated revoked wrong',
  scrap: 'scrap nevermind',
};

interface Step {
  /** A class of words. */
  readonly of: string;
  /** At most so many words behind the step before. */
  readonly within?: number;
}

interface Rule {
  readonly kind: InjectionKind;
  readonly steps: readonly Step[];
}

/** `drop 4 prior 3 rules`: a word of each class, at most so many words apart. */
function rule(kind: InjectionKind, says: string): Rule {
  const [first = '', ...rest] = says.split(' ');
  const steps: Step[] = [{ of: first }];
  for (let at = 0; at + 1 < rest.length; at += 2) steps.push({ within: Number(rest[at]), of: rest[at + 1] ?? '' });
  return { kind, steps };
}

export const INJECTION_RULES: readonly Rule[] = [
  rule('override', 'drop 4 prior 4 rules'),
  rule('override', 'drop 3 strict 3 orders'),
  rule('override', 'drop 4 rules 5 before'),
  rule('override', 'not 3 follow 4 prior 4 rules'),
  rule('override', 'not 3 follow 3 rules 5 before'),
  rule('override', 'not 1 attention 4 prior 3 rules'),
  rule('override', 'drop 3 everything 5 told'),
  rule('override', 'overrideword 2 protocol'),
  rule('override', 'systemword 1 overrideword'),
  rule('override', 'tiens 1 pas 1 compte 4 precedent'),
  rule('override', 'rules 8 longer 1 apply 2 you'),
  rule('override', 'strict 1 prompt 3 void'),
  rule('override', 'new 1 task 0 colon'),
  rule('override', 'scrap 6 new 1 task'),
  rule('override', 'possessive 1 new 1 task'),
  rule('prompt_leak', 'show 6 your 3 prompt'),
  rule('prompt_leak', 'show 6 your 1 system 1 message'),
  rule('prompt_leak', 'disclose 3 system 1 message'),
  rule('prompt_leak', 'disclose 2 prompt 2 above'),
  rule('prompt_leak', 'disclose 1 everything 2 above 1 here'),
  rule('prompt_leak', 'hidden 1 systemword 1 notice'),
  rule('prompt_leak', 'verbatim 5 above 3 message'),
  rule('prompt_leak', 'asks 6 top 3 conversation'),
  rule('prompt_leak', 'show 3 systemprompt'),
  rule('jailbreak', 'do 1 anything 1 now'),
  rule('jailbreak', 'strange 1 mode 6 unbound'),
  rule('jailbreak', 'free 1 mode'),
  rule('jailbreak', 'free 2 machine'),
  rule('jailbreak', 'persona 10 without 4 limits'),
  rule('jailbreak', 'persona 6 safety 2 layer 5 exist'),
  rule('jailbreak', 'reply 3 without 2 barriers'),
  rule('jailbreak', 'safety 2 layer 3 off'),
  rule('jailbreak', 'off 3 safety 2 layer'),
  rule('jailbreak', 'machine 4 never 1 refuse'),
  rule('jailbreak', 'break 2 vendor 2 policy'),
  rule('jailbreak', 'jailbreak 2 self'),
  rule('jailbreak', 'you 1 are 1 now 2 dan'),
  rule('jailbreak', 'stop 1 being 2 machine'),
  rule('role_marker', 'fence 1 authority 1 notice'),
  rule('indirect', 'machine 3 reading 2 page'),
  rule('indirect', 'if 1 you 1 are 2 machine'),
];

/** What a word is in a rule. */
export interface RulePart {
  /** Its place in `INJECTION_RULES`. */
  readonly rule: number;
  readonly step: number;
  readonly within: number;
  /** With it the rule is fulfilled. */
  readonly last: boolean;
  readonly kind: InjectionKind;
}

/** What each folded word is; in a rule the later parts first, so that one word is never two of them. */
export const VOCABULARY: ReadonlyMap<string, readonly RulePart[]> = vocabulary();

function vocabulary(): ReadonlyMap<string, readonly RulePart[]> {
  const classes = new Map<string, Set<string>>();
  for (const [name, words] of Object.entries(CLASSES)) {
    for (const word of words.split(' ')) {
      const folded = foldText(word);
      const known = classes.get(folded) ?? new Set();
      classes.set(folded, known.add(name));
    }
  }
  const parts = INJECTION_RULES.flatMap(({ kind, steps }, place) =>
    steps
      .map(({ of, within = 0 }, step) => ({ of, rule: place, step, within, last: step === steps.length - 1, kind }))
      .toReversed(),
  );
  return new Map([...classes].map(([word, names]) => [word, parts.filter(({ of }) => names.has(of))]));
}
