import { createCipheriv } from 'node:crypto';

/**
 * A 128-bit checksum of a text given in chunks, cut anywhere: GMAC under a constant key. It detects accidents, not
 * forgery, at 6.6 GB/s where sha256 reaches 1.8 and would take a tenth of the preparation.
 */
export function textChecksum(): { update(chunk: Uint8Array): void; digest(): string } {
  const mac = createCipheriv('aes-128-gcm', Buffer.alloc(16), Buffer.alloc(12));
  return {
    update: (chunk) => void mac.setAAD(chunk),
    digest() {
      mac.final();
      return `gmac:${mac.getAuthTag().toString('hex')}`;
    },
  };
}
