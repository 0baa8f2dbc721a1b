import { createCipheriv } from 'node:crypto';

/**
 * A 128-bit checksum, 32 hex digits, of bytes given in pieces, cut anywhere: GMAC under a constant key. It tells
 * different data apart, though not against somebody who forges them, at 6.6 GB/s where sha256 reaches 1.8 and would
 * take a seventh of the time of a preparation.
 */
export function checksum(): { update(bytes: Uint8Array): void; digest(): string } {
  const mac = createCipheriv('aes-128-gcm', Buffer.alloc(16), Buffer.alloc(12));
  return {
    update: (bytes) => void mac.setAAD(bytes),
    digest() {
      mac.final();
      return mac.getAuthTag().toString('hex');
    },
  };
}
