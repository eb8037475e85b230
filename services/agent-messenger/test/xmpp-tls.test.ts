// The password leaves only over a connection that nobody else can read, to the server that was meant.
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type TempFolder, tempFolder } from '@switchboard/testkit';
import { makeCertificate, type TestCertificate } from '@switchboard/testkit/peers/certificate';
import { type Prosody, prosodyPackages, startProsody } from '@switchboard/testkit/peers/prosody';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connect, enough, noNote, outgoing, users } from './xmpp-stage.ts';

const packages = await prosodyPackages();

describe.skipIf(packages.missing !== undefined)('over Prosody', { timeout: 60_000 }, () => {
  let folder: TempFolder;
  let certificate: TestCertificate;
  let secure: Prosody;
  let open: Prosody;
  beforeAll(async () => {
    folder = await tempFolder();
    certificate = await makeCertificate(folder.path);
    secure = await startProsody({ users, tls: { certificate: certificate.certFile, key: certificate.keyFile } });
    open = await startProsody({ users });
  }, 60_000);
  afterAll(async () => {
    await Promise.all([secure?.stop(), open?.stop()]);
    await folder?.remove();
  });

  function trust(): void {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, certificate.cert]);
    onTestFinished(() => setDefaultCACertificates(before));
  }

  /** What becomes of a message over such a connection. */
  const trySending = (service: string) =>
    connect(service, { mayBePlain: false, patienceMs: 3_000 }).send(outgoing('hello'), {
      signal: enough(),
      leaving: noNote,
    });

  test('TLS from the first byte, to a server that is trusted', async () => {
    trust();
    expect(await trySending(secure.tlsService)).toEqual({ delivered: false });
  });

  test('a certificate that nobody has signed is not believed', async () => {
    await expect(trySending(secure.tlsService)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('self-signed certificate'),
    });
  });

  test('nor is one of another name, though it is signed', async () => {
    trust();
    await expect(trySending(secure.service)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining("does not match certificate's altnames"),
    });
  });

  test('a server without TLS gets no password, unless it is on this machine', async () => {
    await expect(trySending(open.service)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('does not offer TLS'),
    });
  });
});
