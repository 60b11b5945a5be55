import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { Shell } from '../terminal/shell.ts';
import { type Finding, reportOk, reportWarning, reportWrong } from './finding.ts';

const TIMEOUT = 10_000;
const DAY = 86_400_000;
/** Days of validity below which a certificate gets a warning. */
const SOON = 14;

/** Effects that the checks need. */
type NetworkEffects = Pick<Shell, 'now' | 'lookUp'>;

/** Checks that a host has an address and a TLS certificate that this machine trusts. Sends no request. */
export async function examineNetwork(
  { hostname, port, protocol }: URL,
  { now, lookUp }: NetworkEffects,
): Promise<Finding[]> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const name = await examineName(host, lookUp);
  if (name.state === 'wrong' || protocol !== 'https:') return [name];
  return [name, await examineTls(host, Number(port || 443), now())];
}

async function examineName(host: string, lookUp: NetworkEffects['lookUp']): Promise<Finding> {
  if (isIP(host) !== 0) return reportOk('DNS', `${host} is an address`);
  try {
    return reportOk('DNS', `${host} is ${await lookUp(host)}`);
  } catch (error) {
    return reportWrong(
      'DNS',
      `${host} has no address (${readErrorCode(error)})`,
      "check the subdomain and domain of the base URL, and this machine's name server",
    );
  }
}

async function examineTls(host: string, port: number, now: number): Promise<Finding> {
  // SNI allows only names
  const socket = connect({ host, port, ...(isIP(host) === 0 && { servername: host }), timeout: TIMEOUT });
  try {
    socket.once('timeout', () => socket.destroy(new Error(`no answer in ${TIMEOUT / 1000} s`)));
    await once(socket, 'secureConnect');
    const { valid_to: validTo } = socket.getPeerCertificate();
    const left = Math.floor((Date.parse(validTo) - now) / DAY);
    const found = `${socket.getProtocol()}, the certificate is trusted and valid for ${left} days`;
    return left < SOON
      ? reportWarning('TLS', found, 'ask the operator of the platform to renew it')
      : reportOk('TLS', found);
  } catch (error) {
    return reportWrong(
      'TLS',
      `there is no trusted connection to ${host}:${port} (${readErrorCode(error)})`,
      'check host, port, firewall and proxy. If a proxy has its own certificate, set NODE_EXTRA_CA_CERTS',
    );
  } finally {
    socket.destroy();
  }
}

function readErrorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
