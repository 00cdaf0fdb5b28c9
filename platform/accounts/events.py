"""What apps above may listen to. Sent inside the transaction of the change: a receiver that fails undoes it.

`realtime` is above this app, so accounts cannot write to the outbox; a receiver there can.
"""

from django.dispatch import Signal

# Keyword `user`: a User with its personal workspace. For whoever gives each person something of their own.
user_registered = Signal()
# Keyword `user`: their address is proven from now on, so what was shared with it is theirs.
email_verified = Signal()
