import dgram from 'node:dgram';
import net from 'node:net';

export interface ServiceAnswer {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

export interface Zone {
  A?: readonly string[];
  AAAA?: readonly string[];
  SRV?: readonly ServiceAnswer[];
}

const TYPES: Readonly<Record<number, keyof Zone>> = { 1: 'A', 28: 'AAAA', 33: 'SRV' };
const NAME_ERROR = 3;
const SERVER_FAILURE = 2;

/** A real server of DNS over UDP on loopback, as much of RFC 1035 as a stub resolver asks. What it says can change. */
export class DnsServer {
  /** By name in lower case; a name that is not there does not exist. */
  zones: Record<string, Zone> = {};
  ttlSeconds = 1;
  mode: 'answers' | 'silent' | 'fails' = 'answers';
  /** `A users.test` and the like, in the order in which they were asked. */
  readonly asked: string[] = [];
  readonly #socket = dgram.createSocket('udp4');

  static async start(): Promise<DnsServer> {
    const server = new DnsServer();
    await new Promise<void>((resolve) => server.#socket.bind(0, '127.0.0.1', resolve));
    server.#socket.on('message', (question, from) => {
      const reply = server.#reply(question);
      if (reply !== undefined) server.#socket.send(reply, from.port, from.address);
    });
    return server;
  }

  /** For `Resolver.setServers`. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  close(): void {
    this.#socket.close();
  }

  #reply(question: Buffer): Buffer | undefined {
    const labels: string[] = [];
    let at = 12;
    for (let length = question.readUInt8(at); length > 0; length = question.readUInt8(at)) {
      labels.push(question.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const name = labels.join('.').toLowerCase();
    const type = TYPES[question.readUInt16BE(at + 1)];
    this.asked.push(`${type ?? '?'} ${name}`);
    if (this.mode === 'silent') return undefined;
    const zone = this.zones[name];
    const code = this.mode === 'fails' ? SERVER_FAILURE : zone === undefined ? NAME_ERROR : 0;
    const answers = code === 0 && type !== undefined ? datas(type, zone ?? {}) : [];
    const head = Buffer.alloc(12);
    question.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8580 | code, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(answers.length, 6);
    const records = answers.map((data) => this.#record(question.readUInt16BE(at + 1), data));
    return Buffer.concat([head, question.subarray(12, at + 5), ...records]);
  }

  #record(type: number, data: Buffer): Buffer {
    const head = Buffer.alloc(12);
    // The name of the question, which stands at offset 12.
    head.writeUInt16BE(0xc00c, 0);
    head.writeUInt16BE(type, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt32BE(this.ttlSeconds, 6);
    head.writeUInt16BE(data.length, 10);
    return Buffer.concat([head, data]);
  }
}

function datas(type: keyof Zone, zone: Zone): Buffer[] {
  if (type === 'SRV') return (zone.SRV ?? []).map(serviceData);
  return (zone[type] ?? []).map(type === 'A' ? ipv4Data : ipv6Data);
}

function ipv4Data(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

function ipv6Data(address: string): Buffer {
  if (!net.isIPv6(address)) throw new Error(`${address} is no IPv6 address`);
  const [before = '', after] = address.split('::');
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '');
  const last = groups(after ?? '');
  const zeros = Array.from({ length: 8 - groups(before).length - last.length }, () => '0');
  return Buffer.from([...groups(before), ...zeros, ...last].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function serviceData({ priority, weight, port, target }: ServiceAnswer): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt16BE(priority, 0);
  head.writeUInt16BE(weight, 2);
  head.writeUInt16BE(port, 4);
  const labels = target.split('.').filter((label) => label !== '');
  return Buffer.concat([
    head,
    ...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}
