"""Making bytes: private keys, certificate requests, certificates and the contents of Secrets.

The only room with randomness in it, all of it from the operating system through `cryptography`.
What time it is, how long a certificate lives and who may sign are arguments::

    signer = Signer.from_pem(generate_private_key(spec.effective_private_key))
    csr = certificate_request(spec, signer)
"""

from certlife.signing.certificates import Authority, Grant, self_sign_request, sign_request
from certlife.signing.keys import Signer, generate_private_key
from certlife.signing.requests import (
    RequestOptions,
    RequestTemplate,
    certificate_request,
    request_template,
)
from certlife.signing.secret_contents import PasswordSource, secret_contents

__all__ = [
    "Authority",
    "Grant",
    "PasswordSource",
    "RequestOptions",
    "RequestTemplate",
    "Signer",
    "certificate_request",
    "generate_private_key",
    "request_template",
    "secret_contents",
    "self_sign_request",
    "sign_request",
]
