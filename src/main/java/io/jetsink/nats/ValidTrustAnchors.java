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
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The CAs of a truststore that have not expired. PKIX validation does not check the expiry of trust anchors, so the JVM accepts
 * certificates issued by an expired CA.
 *
 * @param someExpired whether the truststore has expired CAs, so that the validation of the JVM is not enough
 */
record ValidTrustAnchors(Set<TrustAnchor> valid, boolean someExpired) {
    /** @param store null: the truststore of the JVM, which is not checked */
    static ValidTrustAnchors of(@Nullable KeyStore store) throws GeneralSecurityException {
        Set<TrustAnchor> valid = new HashSet<>();
        boolean someExpired = false;
        if (store != null) {
            for (String alias : Collections.list(store.aliases())) {
                if (store.getCertificate(alias) instanceof X509Certificate ca) {
                    if (isValid(ca)) {
                        valid.add(new TrustAnchor(ca, null));
                    } else {
                        someExpired = true;
                    }
                }
            }
        }
        return new ValidTrustAnchors(valid, someExpired);
    }

    /** Fails if only an expired CA vouches for the certificate of the server. */
    void check(SSLSession session) throws SSLException {
        if (!someExpired) {
            return;
        }
        Certificate[] chain = session.getPeerCertificates();
        X509CertSelector target = new X509CertSelector();
        target.setCertificate((X509Certificate) chain[0]);
        try {
            if (valid.isEmpty()) {
                throw new CertPathBuilderException("all CAs of the truststore have expired");
            }
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(valid, target);
            parameters.setRevocationEnabled(false);
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(chain))));
            CertPathBuilder.getInstance("PKIX").build(parameters);
        } catch (GeneralSecurityException e) {
            throw new SSLException("the CA of the server's certificate has expired", e);
        }
    }

    private static boolean isValid(X509Certificate ca) {
        try {
            ca.checkValidity();
            return true;
        } catch (CertificateException expired) {
            return false;
        }
    }
}
