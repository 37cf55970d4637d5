import { startGate, type Running } from '../apps/gateway/test/harness.ts';
import { FakeVendors } from './vendors/fake-vendors.ts';
import { VENDORS } from './vendors/vendor-table.ts';
import { WireTap } from './wire-tap.ts';

/** A real gate before the fake vendors: the model `NAME` is served by the vendor of that name. */
export class Fixture {
  readonly vendors = new FakeVendors();
  readonly tap = new WireTap();
  readonly #running: Running;
  #ended = false;

  private constructor(running: Running, vendors: FakeVendors) {
    this.#running = running;
    this.vendors = vendors;
    this.tap.open();
  }

  /** `more` is YAML of the section `ai`. */
  static async start(more = ''): Promise<Fixture> {
    const vendors = new FakeVendors();
    const origin = await vendors.start();
    return new Fixture(await startGate(configOf(origin) + more, 1), vendors);
  }

  get origin(): string {
    return this.#running.url;
  }

  /** Ends the gate. */
  async records(): ReturnType<Running['records']> {
    return this.#running.records();
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.tap.close();
    await this.#running.stop();
    await this.vendors.stop();
  }
}

function configOf(origin: string): string {
  const providers = VENDORS.map((vendor) => `    ${vendor.name}: ${vendor.config(origin)}\n`);
  const models = VENDORS.map(
    ({ name, model }) =>
      // One call here is one there; what the gate tries again is tested where it is made.
      `    ${name}: { targets: [ { provider: ${name}, model: "${model}" } ], retries: { attempts: 0 } }\n`,
  );
  return `ai:\n  require: open\n  providers:\n${providers.join('')}  models:\n${models.join('')}`;
}
