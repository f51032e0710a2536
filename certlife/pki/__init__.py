"""Reading bytes: PEM and DER into frozen, lazy views of certificates, requests, keys and names.

As leniently and as strictly as Go's readers, because "corrupt" is what cert-manager cannot read.
Nothing here knows what a Certificate object is, or what time it is.
"""
