package io.jetsink.nats;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The authorities of a trust store that have not expired. The JVM takes certificates of expired ones, as it looks at the
 * validity of everything but that which it was told to trust.
 *
 * @param valid those that are valid now
 * @param someExpired whether there are others, so that the JVM's word is not enough
 */
record ValidTrustAnchors(Set<TrustAnchor> valid, boolean someExpired) {
    /** @param store null for the JVM's own, which is not ours to judge */
    static ValidTrustAnchors of(@Nullable KeyStore store) throws GeneralSecurityException {
        Set<TrustAnchor> valid = new HashSet<>();
        boolean someExpired = false;
        if (store != null) {
            for (String alias : Collections.list(store.aliases())) {
                if (store.getCertificate(alias) instanceof X509Certificate authority) {
                    if (isValid(authority)) {
                        valid.add(new TrustAnchor(authority, null));
                    } else {
                        someExpired = true;
                    }
                }
            }
        }
        return new ValidTrustAnchors(valid, someExpired);
    }

    /** Fails if nobody but an authority that has expired vouches for the other side. */
    void check(SSLSession session) throws SSLException {
        if (!someExpired) {
            return;
        }
        Certificate[] chain = session.getPeerCertificates();
        var target = new X509CertSelector();
        target.setCertificate((X509Certificate) chain[0]);
        try {
            if (valid.isEmpty()) {
                throw new CertPathBuilderException("no authority is left");
            }
            var parameters = new PKIXBuilderParameters(valid, target);
            parameters.setRevocationEnabled(false);
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(chain))));
            CertPathBuilder.getInstance("PKIX").build(parameters);
        } catch (GeneralSecurityException e) {
            var refused = new SSLHandshakeException("the authority of the server's certificate has expired");
            refused.initCause(e);
            throw refused;
        }
    }

    private static boolean isValid(X509Certificate authority) {
        try {
            authority.checkValidity();
            return true;
        } catch (CertificateException expired) {
            return false;
        }
    }
}
