"""What Secrets Manager calls when the signing key is due for a new one."""

from chat.runtime.rotation import rotate

handler = rotate
