/** Systems whose kernel spreads the connections to one port over several listeners; elsewhere one worker serves. */
export const SHARES_PORTS = ['linux', 'freebsd', 'sunos', 'aix'].includes(process.platform);
