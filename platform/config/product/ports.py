"""Is the port free, and if not, one sentence that says what to do."""

import socket


def port_problem(host: str, port: int) -> str | None:
    """None when `host:port` can be bound now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            return f"Port {port} needs privileges that this user does not have: set SAILCLOTH_PORT to one above 1023."
        except OSError as error:
            if error.errno in (98, 48):
                return f"Port {port} is taken by another program: stop it, or set SAILCLOTH_PORT to another port."
            return f"Sailcloth cannot listen on {host}:{port}: {error.strerror}. Set SAILCLOTH_HOST and SAILCLOTH_PORT."
    return None
