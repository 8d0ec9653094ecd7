package headway.plan;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.util.HashMap;
import java.util.Map;

/** A character set of one byte per character whose lower half is ASCII. */
final class SingleByteCharset extends Charset {
    private static final char NOT_DEFINED = '\uFFFD';

    private final char[] upper;
    private final Map<Character, Byte> bytes = new HashMap<>();

    /** @param upper the 128 characters of the bytes 0x80 to 0xFF; U+FFFD where there is none. */
    SingleByteCharset(String name, String[] aliases, String upper) {
        super(name, aliases);
        this.upper = upper.toCharArray();
        for (int i = 0; i < this.upper.length; i++) {
            if (this.upper[i] != NOT_DEFINED) {
                bytes.put(this.upper[i], (byte) (i + 128));
            }
        }
    }

    @Override
    public boolean contains(Charset other) {
        return other.name().equals(name()) || other.name().equals("US-ASCII");
    }

    @Override
    public CharsetDecoder newDecoder() {
        return new CharsetDecoder(this, 1, 1) {
            @Override
            protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
                while (in.hasRemaining()) {
                    if (!out.hasRemaining()) {
                        return CoderResult.OVERFLOW;
                    }
                    byte b = in.get();
                    char c = b >= 0 ? (char) b : upper[b + 128];
                    if (c == NOT_DEFINED) {
                        in.position(in.position() - 1);
                        return CoderResult.unmappableForLength(1);
                    }
                    out.put(c);
                }
                return CoderResult.UNDERFLOW;
            }
        };
    }

    @Override
    public CharsetEncoder newEncoder() {
        return new CharsetEncoder(this, 1, 1) {
            @Override
            protected CoderResult encodeLoop(CharBuffer in, ByteBuffer out) {
                while (in.hasRemaining()) {
                    if (!out.hasRemaining()) {
                        return CoderResult.OVERFLOW;
                    }
                    char c = in.get();
                    Byte b = c < 128 ? Byte.valueOf((byte) c) : bytes.get(c);
                    if (b == null) {
                        in.position(in.position() - 1);
                        return CoderResult.unmappableForLength(1);
                    }
                    out.put(b);
                }
                return CoderResult.UNDERFLOW;
            }
        };
    }
}
