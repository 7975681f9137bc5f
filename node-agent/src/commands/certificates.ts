import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { IpAddress, NetloomError } from 'netloom';
import { writePrivate, writePublic } from './files';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** The CA is made once; what it signs is made anew by each `cert`. */
const CA_YEARS = 10;
const CERTIFICATE_DAYS = 397;

/** A clock that is some minutes behind must not refuse a fresh certificate. */
const CLOCK_SKEW_MS = 5 * 60_000;

const DAY_MS = 24 * 3600_000;

interface Authority {
  readonly certificate: X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

/** What `cert` makes. */
export interface CertificateRequest {
  readonly folder: string;
  /** The agent's name: common name of its certificate, and one of its DNS names. */
  readonly name: string;
  /** Addresses and DNS names by which the agent is reached. */
  readonly addresses: readonly string[];
  /** Common names of client certificates to make. */
  readonly clients: readonly string[];
  /** How long they are good, in ms. @default - 397 days */
  readonly lifeMs?: number | undefined;
}

/** Paths of what was made. */
export interface CertificateFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly clients: readonly { name: string; certFile: string; keyFile: string }[];
}

/** Makes a CA where the folder has none, and certificates signed by it: EC P-256, keys of mode 0600. */
export async function makeCertificates(request: CertificateRequest): Promise<CertificateFiles> {
  const { folder, name } = request;
  const lifeMs = request.lifeMs ?? CERTIFICATE_DAYS * DAY_MS;
  const authority = await openAuthority(folder, name);
  const at = (file: string): string => path.join(folder, file);
  const names = [...new Set([name, 'localhost', '127.0.0.1', '::1', ...request.addresses])];
  const serverFiles = { certFile: at('server.crt'), keyFile: at('server.key') };
  await issue(authority, name, lifeMs, serverFiles, [
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(names.map(alternativeName)),
  ]);
  const clients = [];
  for (const client of request.clients) {
    const files = { certFile: at(`client-${client}.crt`), keyFile: at(`client-${client}.key`) };
    await issue(authority, client, lifeMs, files, [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ]);
    clients.push({ name: client, ...files });
  }
  return { caFile: at('ca.crt'), ...serverFiles, clients };
}

async function openAuthority(folder: string, name: string): Promise<Authority> {
  const files = { certFile: path.join(folder, 'ca.crt'), keyFile: path.join(folder, 'ca.key') };
  if (existsSync(files.certFile) && existsSync(files.keyFile)) {
    const [raw = new ArrayBuffer(0)] = PemConverter.decode(readFileSync(files.keyFile, 'utf8'));
    const key = await webcrypto.subtle.importKey('pkcs8', raw, KEY, false, ['sign']);
    return { certificate: new X509Certificate(readFileSync(files.certFile, 'utf8')), key };
  }
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: subject(`netloom ${name} CA`),
    keys,
    signingAlgorithm: SIGNATURE,
    notBefore: new Date(Date.now() - CLOCK_SKEW_MS),
    notAfter: new Date(Date.now() + CA_YEARS * 365 * DAY_MS),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await writeKey(files.keyFile, keys.privateKey);
  writeCertificate(files.certFile, certificate);
  return { certificate, key: keys.privateKey };
}

async function issue(
  authority: Authority,
  name: string,
  lifeMs: number,
  files: { certFile: string; keyFile: string },
  extensions: (ExtendedKeyUsageExtension | SubjectAlternativeNameExtension)[],
): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    subject: subject(name),
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.key,
    signingAlgorithm: SIGNATURE,
    notBefore: new Date(Date.now() - CLOCK_SKEW_MS),
    notAfter: new Date(Date.now() + lifeMs),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      // In a file of several CAs the name alone may fit more than one: agents of one name, a CA made anew.
      await AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
      ...extensions,
    ],
  });
  await writeKey(files.keyFile, keys.privateKey);
  writeCertificate(files.certFile, certificate);
}

/** With a newline at its end: several of them, one after the other, are a file, too. */
function writeCertificate(file: string, certificate: X509Certificate): void {
  writePublic(file, `${certificate.toString('pem')}\n`);
}

async function writeKey(file: string, key: webcrypto.CryptoKey): Promise<void> {
  const raw = await webcrypto.subtle.exportKey('pkcs8', key);
  writePrivate(file, `${PemConverter.encode(raw, 'PRIVATE KEY')}\n`);
}

/** As a list of attributes: in a text, a comma or "=" of the name would make others of it. */
function subject(name: string): { CN: string[] }[] {
  return [{ CN: [name] }];
}

function alternativeName(text: string): { type: 'ip' | 'dns'; value: string } {
  const address = IpAddress.tryParse(text);
  if (address) return { type: 'ip', value: String(address) };
  if (/^(\*\.)?[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/i.test(text))
    return { type: 'dns', value: text };
  throw new NetloomError({
    code: 'NL_CONFIG_INVALID',
    key: '--address',
    found: `"${text}" is neither an IP address nor a DNS name`,
    allowed: 'an address or name by which the agent is reached',
    fix: 'such as 10.0.0.5 or edge-1.example.org',
  });
}
