"""The words of a diagnosis: who has to act, what it is not, what would tell more."""

from enum import StrEnum

from msgspec import Struct

from .source import Source


class Party(StrEnum):
    """On whose side a fault lies."""

    CLIENT = "client"
    """The agent's PC, browser, or the application."""
    NETWORK = "network"
    """Between both: routes, firewalls, VPN, Wi-Fi, name servers."""
    PROXY = "proxy"
    """What takes the connection apart on its way: reverse proxy, load balancer, inspection."""
    SERVER = "server"
    """The Finesse node with its Notification Service."""


class Suspect(StrEnum):
    """A cause that a recording can rule out."""

    NAME = "name"
    """Its name was not resolved."""
    PORT = "port"
    """The port is closed or filtered."""
    CERTIFICATE = "certificate"
    """The certificate, or the versions of TLS."""
    UPGRADE = "upgrade"
    """A proxy without WebSocket, a wrong path."""
    DOMAIN = "domain"
    """The stream is for another domain."""
    CREDENTIALS = "credentials"
    """User, password or token."""
    CONFLICT = "conflict"
    """A second login that took the resource."""
    FINESSE = "finesse"
    """The Finesse application behind the Notification Service is down."""
    SUBSCRIPTION = "subscription"
    """A subscription that was refused."""
    NETWORK = "network"
    """Loss on the way."""
    SERVER_STALL = "server stall"
    """The server did not answer."""
    OUTAGE = "outage"
    """The server ended all sessions."""


class RuledOut(Struct, frozen=True, kw_only=True, gc=False):
    """
    A cause that it is not, with what shows so.

    Attributes:
        suspect: Which.
        evidence: What shows it, the first the primary one.
    """

    suspect: Suspect
    evidence: tuple[Source, ...]


class Bring(StrEnum):
    """What would tell what this recording cannot."""

    HAR = "har"
    """A HAR from Chrome or Edge, DevTools open before the login."""
    CLIENT_CAPTURE = "client capture"
    SERVER_CAPTURE = "server capture"
    """At the same time as on the client."""
    KEYS = "keys"
    """Keys of the TLS connections."""
    CERTIFICATE = "certificate"
    """What the server, or who stands before it, shows this client."""
    WHOLE_PACKETS = "whole packets"
    """Without snap length, without loss."""
    WHOLE_SESSION = "whole session"
    """From before the login to after the failure."""
    CLIENT_LOGS = "client logs"
    SERVER_LOGS = "server logs"
    PROXY_LOGS = "proxy logs"
