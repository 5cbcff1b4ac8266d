import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.bouncycastle.asn1.gm.GMNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.RFC5649WrapEngine;
import org.bouncycastle.crypto.engines.SM2Engine;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.util.encoders.Hex;

/**
 * An independent implementation to compare with. Reads one request a line, an operation and its arguments
 * in hex ("-" is no bytes), and answers each with one line: the result in hex, or "refused".
 */
public final class BouncyCastle {
  private interface Operation {
    byte[] apply(byte[][] arguments) throws Exception;
  }

  private static final X9ECParameters CURVE = GMNamedCurves.getByName("sm2p256v1");
  private static final ECDomainParameters SM2 =
      new ECDomainParameters(CURVE.getCurve(), CURVE.getG(), CURVE.getN(), CURVE.getH());

  private static final Map<String, Operation> OPERATIONS = Map.ofEntries(
      Map.entry("sm3", a -> digest(new SM3Digest(), a[0])),
      Map.entry("hmac-sm3", a -> hmac(new SM3Digest(), a[0], a[1])),
      Map.entry("hmac-sha256", a -> hmac(new SHA256Digest(), a[0], a[1])),
      Map.entry("hkdf-sm3", a -> hkdf(new SM3Digest(), a)),
      Map.entry("hkdf-sha256", a -> hkdf(new SHA256Digest(), a)),
      Map.entry("aes-gcm-seal", a -> gcm(new AESEngine(), true, a)),
      Map.entry("aes-gcm-open", a -> gcm(new AESEngine(), false, a)),
      Map.entry("sm4-gcm-seal", a -> gcm(new SM4Engine(), true, a)),
      Map.entry("sm4-gcm-open", a -> gcm(new SM4Engine(), false, a)),
      Map.entry("kwp-wrap", a -> keyWrap(true, a[0], a[1])),
      Map.entry("kwp-unwrap", a -> keyWrap(false, a[0], a[1])),
      Map.entry("sm2-public", a -> SM2.getG().multiply(new BigInteger(1, a[0])).normalize().getEncoded(false)),
      Map.entry("sm2-sign", a -> sign(privateKey(a[0]), a[1], a[2])),
      Map.entry("sm2-verify", a -> verify(publicKey(a[0]), a[1], a[2], a[3])),
      Map.entry("sm2-encrypt", a -> sm2(true, new ParametersWithRandom(publicKey(a[0])), a[1])),
      Map.entry("sm2-decrypt", a -> sm2(false, privateKey(a[0]), a[1])));

  public static void main(String[] none) throws Exception {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) out.println(answer(line.split(" ")));
    out.flush();
  }

  private static String answer(String[] words) {
    byte[][] arguments = new byte[words.length - 1][];
    for (int i = 1; i < words.length; i++) arguments[i - 1] = words[i].equals("-") ? new byte[0] : Hex.decode(words[i]);
    try {
      byte[] result = OPERATIONS.get(words[0]).apply(arguments);
      return result.length == 0 ? "-" : Hex.toHexString(result);
    } catch (Exception refused) {
      return "refused";
    }
  }

  private static byte[] digest(Digest digest, byte[] message) {
    byte[] result = new byte[digest.getDigestSize()];
    digest.update(message, 0, message.length);
    digest.doFinal(result, 0);
    return result;
  }

  private static byte[] hmac(Digest digest, byte[] key, byte[] message) {
    HMac mac = new HMac(digest);
    byte[] result = new byte[mac.getMacSize()];
    mac.init(new KeyParameter(key));
    mac.update(message, 0, message.length);
    mac.doFinal(result, 0);
    return result;
  }

  /** key, salt, info, size in two bytes */
  private static byte[] hkdf(Digest digest, byte[][] a) {
    HKDFBytesGenerator generator = new HKDFBytesGenerator(digest);
    byte[] result = new byte[new BigInteger(1, a[3]).intValue()];
    generator.init(new HKDFParameters(a[0], a[1], a[2]));
    generator.generateBytes(result, 0, result.length);
    return result;
  }

  /** key, nonce, associated data, input */
  private static byte[] gcm(BlockCipher cipher, boolean seal, byte[][] a) throws Exception {
    GCMBlockCipher mode = new GCMBlockCipher(cipher);
    mode.init(seal, new AEADParameters(new KeyParameter(a[0]), 128, a[1], a[2]));
    byte[] result = new byte[mode.getOutputSize(a[3].length)];
    int size = mode.processBytes(a[3], 0, a[3].length, result, 0);
    mode.doFinal(result, size);
    return result;
  }

  private static byte[] keyWrap(boolean wrap, byte[] kek, byte[] input) throws Exception {
    RFC5649WrapEngine engine = new RFC5649WrapEngine(new AESEngine());
    engine.init(wrap, new KeyParameter(kek));
    return wrap ? engine.wrap(input, 0, input.length) : engine.unwrap(input, 0, input.length);
  }

  private static ECPrivateKeyParameters privateKey(byte[] scalar) {
    return new ECPrivateKeyParameters(new BigInteger(1, scalar), SM2);
  }

  private static ECPublicKeyParameters publicKey(byte[] point) {
    return new ECPublicKeyParameters(CURVE.getCurve().decodePoint(point), SM2);
  }

  private static SM2Signer signer(boolean signing, CipherParameters key, byte[] userId, byte[] message) {
    SM2Signer signer = new SM2Signer();
    signer.init(signing, new ParametersWithID(key, userId));
    signer.update(message, 0, message.length);
    return signer;
  }

  private static byte[] sign(ECPrivateKeyParameters key, byte[] userId, byte[] message) throws Exception {
    return signer(true, new ParametersWithRandom(key), userId, message).generateSignature();
  }

  private static byte[] verify(ECPublicKeyParameters key, byte[] userId, byte[] message, byte[] signature) {
    return new byte[] {(byte) (signer(false, key, userId, message).verifySignature(signature) ? 1 : 0)};
  }

  private static byte[] sm2(boolean encrypt, CipherParameters key, byte[] input) throws Exception {
    SM2Engine engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
    engine.init(encrypt, key);
    return engine.processBlock(input, 0, input.length);
  }
}
