"""Runs other people's connectors, so that nothing they do harms more than their own search."""

from erp_import_plugin.connector_host.checking_actors import CheckedActor, Rejected
from erp_import_plugin.connector_host.failures import ConnectorFailure, Recovery
from erp_import_plugin.connector_host.filtering import check_restriction, matcher, operators_for
from erp_import_plugin.connector_host.guard import GuardedSession, open_session
from erp_import_plugin.connector_host.lanes import Lanes
from erp_import_plugin.connector_host.limits import Limits
from erp_import_plugin.connector_host.platform import PlatformSettings
from erp_import_plugin.connector_host.registry import BrokenConnector, LoadedConnector, Registry
from erp_import_plugin.connector_host.relative import Relative, absolute, relative_restriction
from erp_import_plugin.connector_host.streaming import Fetched, SearchPage

__all__ = [
    "BrokenConnector",
    "CheckedActor",
    "ConnectorFailure",
    "Fetched",
    "GuardedSession",
    "Lanes",
    "Limits",
    "LoadedConnector",
    "PlatformSettings",
    "Recovery",
    "Registry",
    "Rejected",
    "Relative",
    "SearchPage",
    "absolute",
    "check_restriction",
    "matcher",
    "open_session",
    "operators_for",
    "relative_restriction",
]
