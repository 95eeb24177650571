namespace QLearning.Storage.Tests.OrleansQueries;

/// <summary>The catalogue has every query that silos and clients look for.</summary>
public sealed class CatalogueKeysTests : DatabaseTest
{
    [Fact]
    public async Task The_catalogue_has_the_keys_of_clustering_storage_and_reminders() =>
        Assert.Equal(
            [
                "CleanupDefunctSiloEntriesKey", "CleanupDefunctSiloEntryKey", "ClearStorageKey", "DeleteMembershipTableEntriesKey",
                "DeleteReminderRowKey",
                "DeleteReminderRowsKey", "DeleteStorageKey", "GatewaysQueryKey", "InsertMembershipKey", "InsertMembershipVersionKey",
                "MembershipReadAllKey", "MembershipReadRowKey", "ReadFromStorageKey", "ReadRangeRows1Key", "ReadRangeRows2Key",
                "ReadReminderRowKey", "ReadReminderRowsKey", "UpdateIAmAlivetimeKey", "UpdateMembershipKey", "UpsertReminderRowKey",
                "WriteToStorageKey",
            ],
            await RowsAsync("""select QueryKey from OrleansQuery order by QueryKey collate "C" """));
}
