namespace QLearning.Storage.Roles;

/// <summary>Whether everybody may create objects in the schema, as in <c>public</c> up to PostgreSQL 14.</summary>
public enum CreateRightOfPublic
{
    /// <summary>Nobody but who was granted it.</summary>
    None,

    /// <summary>Everybody could, until now.</summary>
    Revoked,

    /// <summary>Everybody can: only the owner of the schema may revoke it.</summary>
    Kept,
}
